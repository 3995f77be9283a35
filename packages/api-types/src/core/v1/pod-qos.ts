import type { PodSpec } from '../../generated/core-v1.types';
import { compareAmounts, isPositiveAmount } from '../../machinery/quantity';

export type PodQosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COMPUTE_RESOURCES = ['cpu', 'memory'] as const;

/**
 * How a pod is treated when a node runs short: BestEffort asks for nothing; Guaranteed has limits of cpu and memory on
 * every container, and requests equal to them.
 */
export function podQosClass(spec: PodSpec | undefined): PodQosClass {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  let asksForSomething = false;
  let isGuaranteed = containers.length > 0;
  for (const { resources } of containers) {
    for (const name of COMPUTE_RESOURCES) {
      const limit = positive(resources?.limits?.[name]);
      const request = positive(resources?.requests?.[name]);
      if (limit !== undefined || request !== undefined) asksForSomething = true;
      if (limit === undefined) isGuaranteed = false;
      else if (request !== undefined && compareAmounts(request, limit) !== 0) {
        isGuaranteed = false;
      }
    }
  }
  if (!asksForSomething) return 'BestEffort';
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function positive(amount: string | undefined): string | undefined {
  return amount !== undefined && isPositiveAmount(amount) ? amount : undefined;
}
