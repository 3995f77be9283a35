import type { KubeObject } from '@kubernetes-mesos/api-types';
import type { KubeClient, ResourceRef } from '@kubernetes-mesos/client';
import { unlessGone } from '../objects/failures';

/** Writes the finalizers of the object as it was read: a conflict when it is another one by now. */
export async function writeFinalizers(
  client: Pick<KubeClient, 'patch'>,
  resource: ResourceRef,
  object: KubeObject,
  finalizers: readonly string[],
): Promise<void> {
  const { namespace = '', name = '', uid, resourceVersion } = object.metadata;
  const body = { metadata: { uid, resourceVersion, finalizers: finalizers.length === 0 ? null : finalizers } };
  await unlessGone(client.patch(resource, { namespace, name }, { kind: 'merge', body }));
}
