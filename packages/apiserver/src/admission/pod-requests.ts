import type { Pod } from '@kubernetes-mesos/api-types';
import type { AdmissionRequest } from './admission';

/** The pod that a request creates, when it does. */
export function createdPod(request: AdmissionRequest): Pod | undefined {
  return isPodWrite(request) && request.operation === 'CREATE' ? request.object : undefined;
}

/** Whether a request writes a pod as a whole. */
export function isPodWrite({ operation, resource, subresource }: AdmissionRequest): boolean {
  const { group, names } = resource.definition;
  return (
    subresource === '' && group === '' && names.plural === 'pods' && (operation === 'CREATE' || operation === 'UPDATE')
  );
}
