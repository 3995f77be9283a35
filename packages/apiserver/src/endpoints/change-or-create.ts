import { StatusError } from '@kubernetes-mesos/api-types';
import type { ObjectKey } from '@kubernetes-mesos/storage';
import type { EncodableObject } from './served-resource';

/** Attempts against others that create and delete the object meanwhile. */
const MAX_ATTEMPTS = 5;

export interface ChangedOrCreated {
  readonly object: EncodableObject;
  readonly isCreated: boolean;
}

/**
 * Changes an object, or creates it where there is none; what others do to it in between is no failure.
 * @param create as for a new object each time; throws what refuses the creation
 */
export async function changeOrCreate(
  key: ObjectKey,
  change: () => Promise<EncodableObject>,
  create: () => Promise<EncodableObject>,
): Promise<ChangedOrCreated> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { object: await change(), isCreated: false };
    } catch (error) {
      if (!isAbout(error, 'NotFound', key)) throw error;
    }
    try {
      return { object: await create(), isCreated: true };
    } catch (error) {
      if (!isAbout(error, 'AlreadyExists', key) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function isAbout(error: unknown, reason: string, { name }: ObjectKey): boolean {
  return error instanceof StatusError && error.reason === reason && error.status.details?.name === name;
}
