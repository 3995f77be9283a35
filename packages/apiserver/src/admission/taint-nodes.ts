import type { Node } from '@kubernetes-mesos/api-types';
import type { AdmissionPlugin, AdmissionRequest } from './admission';

const NOT_READY = 'node.kubernetes.io/not-ready';

/** A new node takes no pods until something has seen that it is ready. */
export class TaintNodesByCondition implements AdmissionPlugin {
  readonly name = 'TaintNodesByCondition';

  handles({ operation, resource, subresource }: AdmissionRequest): boolean {
    const { group, names } = resource.definition;
    return operation === 'CREATE' && subresource === '' && group === '' && names.plural === 'nodes';
  }

  mutate({ object }: AdmissionRequest): void {
    const node = object as Node;
    const spec = (node.spec ??= {});
    const taints = spec.taints ?? [];
    if (taints.some(({ key, effect }) => key === NOT_READY && effect === 'NoSchedule')) return;
    spec.taints = [...taints, { key: NOT_READY, effect: 'NoSchedule' }];
  }
}
