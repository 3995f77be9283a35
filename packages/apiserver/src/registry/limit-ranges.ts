import { randomUUID } from 'node:crypto';
import type { ResourceBehaviour } from '../endpoints/served-resource';

/** A limit range without a name gets one that nothing else has. */
export const limitRangeBehaviour: ResourceBehaviour = {
  nameNew(object) {
    if ((object.metadata.name ?? '') === '') object.metadata.name = randomUUID();
  },
};
