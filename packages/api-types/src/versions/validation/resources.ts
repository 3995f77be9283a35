import type { ResourceList } from '../shared/internal';
import type { Problems } from './errors';
import { qualifiedName } from './formats';

const STANDARD_RESOURCES = new Set([
  'cpu',
  'memory',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'storage',
]);

/** A name without a slash must be one of the standard ones. */
export function validateResourceName(problems: Problems, name: string): void {
  if (!qualifiedName.accepts(name)) problems.invalid(name, qualifiedName.detail);
  else if (!name.includes('/') && !STANDARD_RESOURCES.has(name)) {
    problems.invalid(name, 'is neither a standard resource type nor is fully qualified');
  }
}

export function validateResourceNames(problems: Problems, list: ResourceList = {}): void {
  for (const name of Object.keys(list).sort()) validateResourceName(problems.at(`[${name}]`), name);
}
