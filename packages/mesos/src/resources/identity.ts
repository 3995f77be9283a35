import type { Resource, ResourceReservationInfo } from '../messages';

/** The owner of what nobody reserved. */
export const UNRESERVED = '*';

/** The reservation stack of a resource in either format; empty when unreserved. */
export function reservationsOf(resource: Resource): readonly ResourceReservationInfo[] {
  if (resource.reservations !== undefined && resource.reservations.length > 0) return resource.reservations;
  const { role, reservation } = resource;
  if (role === undefined || role === UNRESERVED) return [];
  return [{ type: reservation === undefined ? 'STATIC' : 'DYNAMIC', role, ...reservation }];
}

/** The role that a resource is reserved to (the most refined one), `*` when it is unreserved. */
export function reservationRole(resource: Resource): string {
  return reservationsOf(resource).at(-1)?.role ?? UNRESERVED;
}

/**
 * Two resources add up and can be taken from each other only if their identities are equal: all but the quantity,
 * with both reservation formats read alike.
 */
export function resourceIdentity(resource: Resource): string {
  const reservations = reservationsOf(resource);
  if (reservations.length === 0 && isPlain(resource)) {
    return `${resource.name} ${resource.type} ${resource.allocation_info?.role ?? ''}`;
  }
  return canonicalJson({
    name: resource.name,
    type: resource.type,
    allocation: resource.allocation_info?.role,
    reservations,
    disk: resource.disk,
    revocable: resource.revocable !== undefined,
    shared: resource.shared !== undefined,
    provider: resource.provider_id?.value,
  });
}

function isPlain(resource: Resource): boolean {
  return (
    resource.disk === undefined &&
    resource.revocable === undefined &&
    resource.shared === undefined &&
    resource.provider_id === undefined
  );
}

/** JSON with sorted keys and without absent members. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
