import { isRecord } from '../type-view';
import { Managers } from './managers';
import { ownable } from './owned-fields';
import type { Place, Topology } from './topology';
import { fieldsOfValue } from './typed-value';

/** Who wrote without a name, or an object that nobody has been tracked on. */
export const UNKNOWN_MANAGER = 'unknown';

/**
 * The managers of an object that no write has named its manager on: one that owns all of it. Nothing is stored of it
 * until then, which keeps what programs write in numbers small.
 */
export function untrackedManagers(topology: Topology, live: unknown, place: Place, apiVersion: string): Managers {
  const metadata = isRecord(live) && isRecord(live['metadata']) ? live['metadata'] : {};
  const created = Date.parse(String(metadata['creationTimestamp']));
  return Managers.NONE.with(
    { manager: UNKNOWN_MANAGER, operation: 'Update', apiVersion, subresource: '' },
    ownable(fieldsOfValue(topology, live, place), ''),
    Number.isNaN(created) ? undefined : created,
  );
}
