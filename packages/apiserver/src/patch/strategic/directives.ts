import { plainError, type StatusError } from '@kubernetes-mesos/api-types';
import { goText } from '../go-text';
import { isRecord } from '../type-view';

/** Members of a patch that say how to merge instead of what. */
export const PATCH = '$patch';
export const RETAIN_KEYS = '$retainKeys';
const DELETE_PREFIX = '$deleteFromPrimitiveList/';
const ORDER_PREFIX = '$setElementOrder/';

/** What one member of a patch is about. */
export type PatchMember =
  | { readonly kind: 'value'; readonly name: string }
  | { readonly kind: 'delete-from'; readonly name: string }
  | { readonly kind: 'order'; readonly name: string };

export function memberKind(key: string): PatchMember {
  if (key.startsWith(DELETE_PREFIX)) return { kind: 'delete-from', name: key.slice(DELETE_PREFIX.length) };
  if (key.startsWith(ORDER_PREFIX)) return { kind: 'order', name: key.slice(ORDER_PREFIX.length) };
  return { kind: 'value', name: key };
}

/** Messages are upstream's (mergepatch); v1.20 answers all of them with 500. */
export function unknownPatchType(map: Readonly<Record<string, unknown>>): StatusError {
  return plainError(`unknown patch type: ${goText(map[PATCH])} in map: ${goText(map)}`);
}

export function noMergeKey(map: unknown, mergeKey: string): StatusError {
  return plainError(`map: ${goText(map)} does not contain declared merge key: ${mergeKey}`);
}

export function badArgument(expected: string, actual: unknown): StatusError {
  return plainError(`expected a ${expected}, but received a ${kindOf(actual)}`);
}

export function orderMismatch(patchList: unknown, order: unknown): StatusError {
  return plainError(
    `The order in patch list:\n${goText(patchList)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
  );
}

export function retainKeysMismatch(key: string): StatusError {
  return plainError(`invalid patch format of retainKeys: ${key} is not in the list of retained keys`);
}

export function mixedList(): StatusError {
  return plainError('invalid patch format of slices: all elements must be of one type');
}

/** The value without directives, as it is taken when there is nothing to merge it with; `undefined`: it asks to delete. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutDirectives).filter((item) => item !== undefined);
  }
  if (!isRecord(value)) return value;
  const directive = value[PATCH];
  if (directive !== undefined && directive !== 'replace' && directive !== 'merge') {
    if (directive === 'delete') return undefined;
    throw unknownPatchType(value);
  }
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (key === PATCH || key === RETAIN_KEYS || memberKind(key).kind !== 'value' || member === null) continue;
    const kept = withoutDirectives(member);
    if (kept !== undefined) result[key] = kept;
  }
  // A list element that was only `{ $patch: replace }`.
  return directive !== undefined && Object.keys(result).length === 0 ? undefined : result;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  return isRecord(value) ? 'map' : typeof value;
}
