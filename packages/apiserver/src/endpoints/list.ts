import { badRequest, expired } from '@kubernetes-mesos/api-types';
import {
  CompactedError,
  type ListSnapshot,
  type ObjectKey,
  type ReadConsistency,
  type StoredObject,
} from '@kubernetes-mesos/storage';
import { parseSelection, type Selection } from '../selectors/selection';
import { decodeContinue, encodeContinue, type Continuation } from './continue-token';
import type { ListOptions } from './list-options';
import type { ServedResource } from './served-resource';

/** One page. */
export interface ListResult {
  readonly revision: number;
  readonly items: readonly StoredObject[];
  readonly continueToken?: string;
  readonly remainingItemCount?: number;
}

const CONTINUE_TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

/**
 * The objects of a namespace (`''`: of all), in key order.
 * @throws StatusError
 */
export async function list(resource: ServedResource, namespace: string, options: ListOptions): Promise<ListResult> {
  const selection = parseSelection(resource, options.labelSelector, options.fieldSelector);
  if (options.continueToken === '') {
    const snapshot = await resource.store.list({ ...within(namespace), consistency: firstConsistency(options) });
    const limit = pageLimit(options);
    if (limit === 0) return { revision: snapshot.revision, items: selectFrom(snapshot, selection) };
    return page(snapshot, snapshot.items, selection, limit, snapshot.revision);
  }
  if (options.revision !== undefined && options.revision !== 0) {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  const continuation = decodeContinue(options.continueToken);
  const snapshot = await continuedSnapshot(resource, namespace, continuation);
  const start = firstAfter(snapshot.items, continuation.after);
  return page(snapshot, snapshot.items, selection, options.limit, snapshot.revision, start);
}

/** What a selection has found in groups of objects that have not changed since, by its key. */
const found = new WeakMap<readonly StoredObject[], Map<string, readonly StoredObject[]>>();
/** Selections kept for a group: those of controllers and dashboards that ask again and again. */
const MAX_SELECTIONS = 16;

/** The objects of a snapshot that a selection selects. Only groups with changes since the last time are looked at. */
export function selectFrom(snapshot: ListSnapshot, selection: Selection): readonly StoredObject[] {
  if (selection.isEverything) return snapshot.items;
  return snapshot.groups.flatMap((group) => {
    let selections = found.get(group);
    if (selections === undefined) {
      selections = new Map<string, readonly StoredObject[]>();
      found.set(group, selections);
    }
    let items = selections.get(selection.cacheKey);
    if (items === undefined) {
      items = selectItems(group, selection);
      if (selections.size >= MAX_SELECTIONS) selections.clear();
      selections.set(selection.cacheKey, items);
    }
    return items;
  });
}

/** The objects of a listing that a selection selects. */
export function selectItems(items: readonly StoredObject[], selection: Selection): readonly StoredObject[] {
  if (selection.isEverything) return items;
  const { name } = selection;
  return items.filter((item) => (name === undefined || item.key.name === name) && selection.matches(item.object));
}

function within(namespace: string): { readonly namespace?: string } {
  return namespace === '' ? {} : { namespace };
}

function firstConsistency(options: ListOptions): ReadConsistency {
  const { revision, revisionMatch, limit } = options;
  if (revision === undefined) return { kind: 'latest' };
  if (revision === 0) return { kind: 'any' };
  const isExact = revisionMatch === 'Exact' || (revisionMatch === '' && limit > 0);
  return isExact ? { kind: 'exact', revision } : { kind: 'atLeast', revision };
}

/** A list at revision 0 comes whole from the cache, whatever its limit, as upstream's does. */
function pageLimit(options: ListOptions): number {
  return options.revision === 0 && options.revisionMatch === '' ? 0 : options.limit;
}

async function continuedSnapshot(
  resource: ServedResource,
  namespace: string,
  { revision, after }: Continuation,
): Promise<ListSnapshot> {
  try {
    return await resource.store.list({
      ...within(namespace),
      consistency: revision === -1 ? { kind: 'latest' } : { kind: 'exact', revision },
    });
  } catch (error) {
    if (error instanceof CompactedError) throw expired(CONTINUE_TOO_OLD, encodeContinue({ revision: -1, after }));
    throw error;
  }
}

function page(
  snapshot: ListSnapshot,
  items: readonly StoredObject[],
  selection: Selection,
  limit: number,
  revision: number,
  start = 0,
): ListResult {
  if (limit === 0) {
    const rest = start === 0 ? items : items.slice(start);
    return { revision, items: selectItems(rest, selection) };
  }
  const taken: StoredObject[] = [];
  let at = start;
  for (; at < items.length && taken.length < limit; at++) {
    const item = items[at];
    if (item !== undefined && (selection.isEverything || selection.matches(item.object))) taken.push(item);
  }
  const last = items[at - 1];
  const remaining = items.length - at;
  if (remaining === 0 || last === undefined) return { revision, items: taken };
  return {
    revision,
    items: taken,
    continueToken: encodeContinue({ revision: snapshot.revision, after: last.key }),
    ...(selection.isEverything ? { remainingItemCount: remaining } : {}),
  };
}

/** Index of the first item after `key`, in key order. */
function firstAfter(items: readonly StoredObject[], key: ObjectKey): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && compareKeys(item.key, key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The order of keys in the store: that of the text `namespace/name`. */
function compareKeys(a: ObjectKey, b: ObjectKey): number {
  if (a.namespace === b.namespace) return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  return `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1;
}
