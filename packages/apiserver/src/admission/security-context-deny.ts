import { forbiddenError, type Container, type Pod } from '@kubernetes-mesos/api-types';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { isPodWrite } from './pod-requests';

/** Refuses pods that choose the user or the SELinux labels that their containers run as. */
export class SecurityContextDeny implements AdmissionPlugin {
  readonly name = 'SecurityContextDeny';

  handles(request: AdmissionRequest): boolean {
    return isPodWrite(request);
  }

  validate(request: AdmissionRequest): void {
    const { spec } = request.object as Pod;
    if (spec === undefined) return;
    const refuse = (field: string) =>
      forbiddenError(request.resource.resourceName, request.name, `${field} is forbidden`);
    const { securityContext } = spec;
    if (securityContext?.supplementalGroups !== undefined) {
      throw refuse('pod.Spec.SecurityContext.SupplementalGroups');
    }
    if (securityContext?.seLinuxOptions !== undefined) throw refuse('pod.Spec.SecurityContext.SELinuxOptions');
    if (securityContext?.runAsUser !== undefined) throw refuse('pod.Spec.SecurityContext.RunAsUser');
    if (securityContext?.fsGroup !== undefined) throw refuse('pod.Spec.SecurityContext.FSGroup');
    for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
      const field = forbiddenField(container);
      if (field !== undefined) throw refuse(field);
    }
  }
}

function forbiddenField({ securityContext }: Container): string | undefined {
  if (securityContext?.seLinuxOptions !== undefined) return 'SecurityContext.SELinuxOptions';
  if (securityContext?.runAsUser !== undefined) return 'SecurityContext.RunAsUser';
  return undefined;
}
