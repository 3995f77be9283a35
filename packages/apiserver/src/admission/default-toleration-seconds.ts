import type { Pod, Toleration } from '@kubernetes-mesos/api-types';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { isPodWrite } from './pod-requests';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
/** Seconds that a pod stays on a node that is not ready or not reachable. */
const TOLERATION_SECONDS = 300;

/** Pods tolerate a node's trouble for five minutes unless they say otherwise. */
export class DefaultTolerationSeconds implements AdmissionPlugin {
  readonly name = 'DefaultTolerationSeconds';

  handles(request: AdmissionRequest): boolean {
    return isPodWrite(request);
  }

  mutate(request: AdmissionRequest): void {
    const { spec } = request.object as Pod;
    if (spec === undefined) return;
    const tolerations = spec.tolerations ?? [];
    const missing = [NOT_READY, UNREACHABLE].filter((key) => !tolerations.some((each) => tolerates(each, key)));
    if (missing.length > 0) spec.tolerations = [...tolerations, ...missing.map(defaultToleration)];
  }
}

function tolerates({ key = '', effect = '' }: Toleration, taint: string): boolean {
  return (key === taint || key === '') && (effect === 'NoExecute' || effect === '');
}

function defaultToleration(key: string): Toleration {
  return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATION_SECONDS };
}
