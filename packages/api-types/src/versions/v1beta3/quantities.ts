import type { ResourceList } from '../shared/internal';
import { entries, mapValues } from '../shared/members';
import { legacyQuantity } from '../shared/quantity';

export function resourcesToInternal(list: ResourceList | null): ResourceList | undefined {
  return entries(list);
}

/** In canonical form, with no more than the three decimals that release 0.14 knew. */
export function resourcesFromInternal(list: ResourceList | undefined): ResourceList | undefined {
  return mapValues(list, (text) => legacyQuantity(text)?.toString() ?? text);
}
