import { badRequest, conflict, formatTime, type Binding, type Pod, type Status } from '@kubernetes-mesos/api-types';
import type { StoredObject } from '@kubernetes-mesos/storage';
import { modify, type Change } from './modify';
import { keyOf, type ServedResource } from './served-resource';
import type { VerbServices, WriteIntent } from './services';
import type { VerbContext } from './verb-context';

/** Characters of the longest name that a pod can have. */
const MAX_NAME_CHARS = 253;

/**
 * Assigns a pod to a node: sets `spec.nodeName`, merges the binding's annotations into the pod's, and says PodScheduled.
 * @param name the pod's name in the URL, `''` where only the body names it
 * @throws StatusError 400 for a binding that names no node, 404, 409 when the pod has one or is being deleted
 */
export async function bindPod(
  services: VerbServices,
  context: VerbContext,
  pods: ServedResource,
  namespace: string,
  name: string,
  binding: Binding,
  intent: WriteIntent,
): Promise<void> {
  const podName = binding.metadata.name ?? '';
  if (name !== '' && podName !== name) {
    throw badRequest(`name in URL does not match name in Binding object`);
  }
  if (podName === '') throw badRequest('Name parameter required.');
  // Only the body names the pod where the URL does not: no URL's rules have been asked of it.
  if (!isStorableName(podName)) throw badRequest(`invalid name of a pod: ${JSON.stringify(podName)}`);
  const { namespace: bodyNamespace = '' } = binding.metadata;
  if (bodyNamespace !== '' && bodyNamespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const node = targetNode(binding);
  const key = keyOf(pods, namespace, podName);
  const request = {
    operation: 'CREATE',
    resource: pods,
    subresource: 'binding',
    namespace,
    name: podName,
    object: binding,
    dryRun: intent.dryRun,
  } as const;
  await services.admission.mutate(request, context);
  await services.admission.validate(request, context);
  await modify(pods, key, (current) => {
    const change = assign(current, podName, node, binding, context.nowMs);
    return intent.dryRun ? { kind: 'keep' } : change;
  });
}

/** Whether an object may have been stored under the name. */
function isStorableName(name: string): boolean {
  return name.length <= MAX_NAME_CHARS && !/[/%\0]/.test(name) && name !== '.' && name !== '..';
}

/** What a binding or an eviction that went well answers. */
export function createdStatus(): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

function targetNode(binding: Binding): string {
  const target: Partial<Binding['target']> | undefined = binding.target;
  const kind = target?.kind ?? '';
  if (kind !== '' && kind !== 'Node') {
    throw badRequest(`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`);
  }
  const name = target?.name ?? '';
  if (name === '') throw badRequest('target.name: Required value');
  return name;
}

function assign(current: StoredObject, name: string, node: string, binding: Binding, nowMs: number): Change {
  const pod = current.object as Pod;
  const refuse = (detail: string): Error => conflict({ group: '', name: 'pods/binding' }, name, detail);
  const { uid, resourceVersion } = binding.metadata;
  if (uid !== undefined && uid !== '' && uid !== pod.metadata.uid) {
    throw refuse(`the UID of the binding (${uid}) is not that of the pod (${pod.metadata.uid ?? ''})`);
  }
  if (resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== pod.metadata.resourceVersion) {
    throw conflict({ group: '', name: 'pods/binding' }, name);
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  }
  const { nodeName = '' } = pod.spec ?? {};
  if (nodeName !== '') throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(nodeName)}`);
  return { kind: 'write', object: assigned(pod, node, binding, nowMs) };
}

function assigned(pod: Pod, node: string, binding: Binding, nowMs: number): Pod {
  const annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations };
  const conditions = (pod.status?.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled');
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { ...(pod.spec ?? { containers: [] }), nodeName: node },
    status: {
      ...pod.status,
      conditions: [...conditions, { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(nowMs) }],
    },
  };
}
