import type { ResourceList } from './internal';

/**
 * Requests that are more than a repetition of the limits: today's server requests what is limited unless told otherwise,
 * which release 0.14 did not.
 */
export function ownRequests(
  resources: { readonly limits?: ResourceList; readonly requests?: ResourceList } = {},
): ResourceList | undefined {
  const { limits = {}, requests = {} } = resources;
  const own = Object.entries(requests).filter(([name, amount]) => limits[name] !== amount);
  return own.length === 0 ? undefined : Object.fromEntries(own);
}
