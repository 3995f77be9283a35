import { deepEqual } from '../machinery/deep-equal';
import type { KubeObject } from '../machinery/object';
import type { LegacyKind } from './legacy-kind';

/**
 * What a write through an older version means: the difference between what that version shows of the present object and
 * what the client sent, applied to the present object. Whatever the version cannot say stays as it is.
 *
 * `updated` is decoded from the client's body; the result shares parts with both arguments.
 */
export function mergeUnrepresentable(kind: LegacyKind, old: KubeObject, updated: KubeObject): KubeObject {
  const shown = kind.toInternal(kind.fromInternal(old));
  const merged = merge(old, shown, updated);
  return isObject(merged) ? { ...updated, ...merged, metadata: merged['metadata'] ?? updated.metadata } : updated;
}

/** Members that tell the elements of a list apart, in the order in which they are tried. */
const IDENTITIES: readonly (readonly string[])[] = [['name'], ['containerPort', 'protocol'], ['type'], ['ip']];

/** `shown` is what was seen of `old`; the result is `old` with the changes from `shown` to `updated`. */
function merge(old: unknown, shown: unknown, updated: unknown): unknown {
  if (deepEqual(shown, updated)) return old;
  if (Array.isArray(old) && Array.isArray(shown) && Array.isArray(updated)) return mergeLists(old, shown, updated);
  if (isObject(old) && isObject(shown) && isObject(updated)) return mergeObjects(old, shown, updated);
  return updated;
}

type Members = Record<string, unknown>;

function mergeObjects(old: Members, shown: Members, updated: Members): Members {
  const result: Members = {};
  for (const [key, value] of Object.entries(updated)) {
    if (Object.hasOwn(old, key)) result[key] = merge(old[key], shown[key], value);
    // Else: either new, or put in by the conversion itself, such as a default.
    else if (!deepEqual(shown[key], value)) result[key] = value;
  }
  for (const [key, value] of Object.entries(old)) {
    const isUnseen = !Object.hasOwn(shown, key);
    if (isUnseen && !Object.hasOwn(updated, key)) result[key] = value;
  }
  return result;
}

function mergeLists(old: unknown[], shown: unknown[], updated: unknown[]): unknown[] {
  const identify = identityFor([...old, ...shown, ...updated], [old, shown, updated]);
  return identify === undefined ? mergeByIndex(old, shown, updated) : mergeByIdentity(old, shown, updated, identify);
}

function mergeByIdentity(
  old: unknown[],
  shown: unknown[],
  updated: unknown[],
  identify: (item: unknown) => string,
): unknown[] {
  const oldItems = new Map(old.map((item) => [identify(item), item]));
  const shownItems = new Map(shown.map((item) => [identify(item), item]));
  const merged = updated.map((item) => {
    const identity = identify(item);
    return oldItems.has(identity) ? merge(oldItems.get(identity), shownItems.get(identity), item) : item;
  });
  const present = new Set(updated.map(identify));
  const unseen = old.filter((item) => !shownItems.has(identify(item)) && !present.has(identify(item)));
  return [...merged, ...unseen];
}

/** Elements that have no identity are matched by their place, as long as it is plain which is which. */
function mergeByIndex(old: unknown[], shown: unknown[], updated: unknown[]): unknown[] {
  const isInPlace = shown.every((item, index) => isViewOf(item, old[index]));
  if (!isInPlace || shown.length !== updated.length) return updated;
  const merged = updated.map((item, index) => merge(old[index], shown[index], item));
  return [...merged, ...old.slice(shown.length)];
}

/** Whether `shown` may be what is seen of `whole`: what both say is the same. */
function isViewOf(shown: unknown, whole: unknown): boolean {
  if (Array.isArray(shown) && Array.isArray(whole)) {
    return shown.length <= whole.length && shown.every((item, index) => isViewOf(item, whole[index]));
  }
  if (isObject(shown) && isObject(whole)) {
    return Object.entries(shown).every(([key, value]) => !Object.hasOwn(whole, key) || isViewOf(value, whole[key]));
  }
  return deepEqual(shown, whole);
}

function identityFor(
  items: readonly unknown[],
  lists: readonly (readonly unknown[])[],
): ((item: unknown) => string) | undefined {
  for (const members of IDENTITIES) {
    if (!items.every((item) => isObject(item) && Object.hasOwn(item, members[0] ?? ''))) continue;
    const identify = (item: unknown): string =>
      JSON.stringify(members.map((member) => (item as Members)[member] ?? ''));
    if (lists.every((list) => new Set(list.map(identify)).size === list.length)) return identify;
  }
  return undefined;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
