import { parseQuantity } from '@kubernetes-mesos/api-types';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { createdPod } from './pod-requests';

/** Limits of containers that have none, as release 0.14 set them. */
const DEFAULTS = { cpu: '1', memory: '512Mi' } as const;

/** Limits containers without limits of their own: a plug-in of release 0.14, before there were LimitRanges. */
export class ResourceDefaults implements AdmissionPlugin {
  readonly name = 'ResourceDefaults';

  handles(request: AdmissionRequest): boolean {
    return createdPod(request) !== undefined;
  }

  mutate(request: AdmissionRequest): void {
    for (const container of createdPod(request)?.spec?.containers ?? []) {
      const limits = { ...container.resources?.limits };
      for (const [name, amount] of Object.entries(DEFAULTS)) {
        if (parseQuantity(limits[name] ?? '0').isZero) limits[name] = amount;
      }
      container.resources = { ...container.resources, limits };
    }
  }
}
