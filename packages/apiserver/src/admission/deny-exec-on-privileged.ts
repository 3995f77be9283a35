import { forbiddenError, type Pod } from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';
import type { AdmissionPlugin, AdmissionRequest } from './admission';

/** Nobody gets a shell in a privileged container. */
export class DenyExecOnPrivileged implements AdmissionPlugin {
  readonly name = 'DenyExecOnPrivileged';

  constructor(private readonly pods: ServedResource) {}

  handles({ operation, resource, subresource }: AdmissionRequest): boolean {
    return (
      operation === 'CONNECT' &&
      resource.definition.names.plural === 'pods' &&
      (subresource === 'exec' || subresource === 'attach')
    );
  }

  async validate({ resource, namespace, name }: AdmissionRequest): Promise<void> {
    const stored = await this.pods.store.get({ namespace, name });
    const pod = stored?.object as Pod | undefined;
    const containers = [...(pod?.spec?.initContainers ?? []), ...(pod?.spec?.containers ?? [])];
    if (containers.some((container) => container.securityContext?.privileged === true)) {
      throw forbiddenError(resource.resourceName, name, 'cannot exec into or attach to a privileged container');
    }
  }
}
