import { forbiddenError } from '@kubernetes-mesos/api-types';
import type { AdmissionPlugin, AdmissionRequest } from './admission';

/** Refuses every change; for tests of clients. */
export class AlwaysDeny implements AdmissionPlugin {
  readonly name = 'AlwaysDeny';

  handles(): boolean {
    return true;
  }

  mutate({ resource, name }: AdmissionRequest): void {
    throw forbiddenError(resource.resourceName, name, 'admission control is denying all modifications');
  }
}

/** Lets everything pass. */
export class AlwaysAdmit implements AdmissionPlugin {
  readonly name = 'AlwaysAdmit';

  handles(): boolean {
    return false;
  }
}
