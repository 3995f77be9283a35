import { reservationsOf, UNRESERVED, type Resource } from '@kubernetes-mesos/mesos';
import { without } from '../without';

/**
 * Two formats of reserved resources. Inside, everything is in the newer one (a stack in `reservations`, no `role`);
 * frameworks without RESERVATION_REFINEMENT see and send the older one (`role`, `reservation`).
 */

/** Whether resources reserved to `owner` may be offered to `role`: to itself and to roles below it. */
export function mayUse(owner: string, role: string): boolean {
  return owner === UNRESERVED || owner === role || role.startsWith(`${owner}/`);
}

/** In the newer format, allocated to `allocationRole` (or to nobody). */
export function normalized(resource: Resource, allocationRole: string | undefined): Resource {
  const reservations = reservationsOf(resource);
  const rest = without(resource, 'role', 'reservation', 'reservations', 'allocation_info');
  const owner = resource.allocation_info?.role ?? allocationRole;
  return {
    ...rest,
    ...(reservations.length > 0 ? { reservations } : {}),
    ...(owner === undefined ? {} : { allocation_info: { role: owner } }),
  };
}

/** Without the role it was allocated to: as the agent has it. */
export function unallocated(resource: Resource): Resource {
  if (resource.allocation_info === undefined) return resource;
  return without(resource, 'allocation_info');
}

export function allocatedTo(resource: Resource, role: string): Resource {
  return { ...resource, allocation_info: { role } };
}

/** The older format; `undefined` for what it cannot express (refined reservations). */
export function preRefinement(resource: Resource): Resource | undefined {
  const reservations = reservationsOf(resource);
  if (reservations.length > 1) return undefined;
  const rest = without(resource, 'reservations', 'reservation');
  const [only] = reservations;
  if (only === undefined) return { ...rest, role: UNRESERVED };
  const { type, role, ...reservation } = only;
  return { ...rest, role: role ?? UNRESERVED, ...(type === 'DYNAMIC' ? { reservation } : {}) };
}
