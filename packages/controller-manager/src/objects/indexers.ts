import {
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  PODS,
  REPLICATION_CONTROLLERS,
  SERVICES,
} from '@kubernetes-mesos/client';
import type { SharedInformersOptions } from '../runtime/shared-informers';
import { claimIndexers, volumeIndexers } from '../volumes/indexes';
import { podIndexers } from './pods';
import { selectorIndexers } from './selection';

/** Every index that controllers read, by resource. */
export const indexers: NonNullable<SharedInformersOptions['indexers']> = {
  [PODS.plural]: podIndexers,
  [SERVICES.plural]: selectorIndexers,
  [REPLICATION_CONTROLLERS.plural]: selectorIndexers,
  [PERSISTENT_VOLUMES.plural]: volumeIndexers,
  [PERSISTENT_VOLUME_CLAIMS.plural]: claimIndexers,
};
