import { forbiddenError, type Pod } from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';
import type { AdmissionPlugin, AdmissionRequest } from './admission';

/** Nobody gets a shell in a privileged container; nor, with `sharesHost`, in one that sees the host's processes. */
class DenyExec implements AdmissionPlugin {
  constructor(
    readonly name: string,
    private readonly pods: ServedResource,
    private readonly sharesHost: boolean,
  ) {}

  handles({ operation, resource, subresource }: AdmissionRequest): boolean {
    return (
      operation === 'CONNECT' &&
      resource.definition.names.plural === 'pods' &&
      (subresource === 'exec' || subresource === 'attach')
    );
  }

  async validate({ resource, namespace, name }: AdmissionRequest): Promise<void> {
    const stored = await this.pods.store.get({ namespace, name });
    const { spec }: Pod = stored?.object ?? { metadata: {} };
    const refuse = (what: string): Error =>
      forbiddenError(resource.resourceName, name, `cannot exec into or attach to a ${what}`);
    if (this.sharesHost && spec?.hostPID === true) throw refuse('container using host pid');
    if (this.sharesHost && spec?.hostIPC === true) throw refuse('container using host ipc');
    const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
    if (containers.some(({ securityContext }) => securityContext?.privileged === true)) {
      throw refuse('privileged container');
    }
  }
}

export function denyExecOnPrivileged(pods: ServedResource): AdmissionPlugin {
  return new DenyExec('DenyExecOnPrivileged', pods, false);
}

export function denyEscalatingExec(pods: ServedResource): AdmissionPlugin {
  return new DenyExec('DenyEscalatingExec', pods, true);
}
