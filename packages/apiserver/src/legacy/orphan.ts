import type { KubeObject } from '@kubernetes-mesos/api-types';
import { PLAIN_DELETE } from '../endpoints/delete-options';
import { remove } from '../endpoints/delete';
import { modify } from '../endpoints/modify';
import type { ServedResource } from '../endpoints/served-resource';
import type { VerbServices } from '../endpoints/services';
import type { VerbContext } from '../endpoints/verb-context';
import type { StoredObject } from '@kubernetes-mesos/storage';

/**
 * Lets the pods of a replication controller go on without it, as they did in release 0.14. The controller is marked first,
 * so that nobody adopts them again; removing it is left to the caller.
 */
export async function orphanPods(
  services: VerbServices,
  context: VerbContext,
  controllers: ServedResource,
  controller: StoredObject,
  pods: ServedResource,
): Promise<void> {
  const { uid } = controller.object.metadata;
  if (uid === undefined) return;
  const { items } = await pods.store.list({ namespace: controller.key.namespace });
  const owned = items.filter(({ object }) => isOwned(object, uid));
  if (owned.length === 0) return;
  await remove(services, context, controllers, controller.key, { ...PLAIN_DELETE, propagation: 'Orphan' });
  for (const { key } of owned) {
    await modify(pods, key, ({ object }) =>
      isOwned(object, uid) ? { kind: 'write', object: withoutOwner(object, uid) } : { kind: 'keep' },
    );
  }
}

function isOwned({ metadata }: KubeObject, uid: string): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid) ?? false;
}

function withoutOwner(object: KubeObject, uid: string): KubeObject {
  const metadata = { ...object.metadata };
  const others = (metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
  if (others.length > 0) metadata.ownerReferences = others;
  else delete metadata.ownerReferences;
  return { ...object, metadata };
}
