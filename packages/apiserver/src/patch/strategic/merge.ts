import { deepEqual, type FieldSchema, type Schema } from '@kubernetes-mesos/api-types';
import { isRecord, itemsOf, type TypeView } from '../type-view';
import {
  badArgument,
  memberKind,
  mixedList,
  noMergeKey,
  orderMismatch,
  PATCH,
  RETAIN_KEYS,
  retainKeysMismatch,
  unknownPatchType,
  withoutDirectives,
} from './directives';
import { orderElements, type ElementId } from './element-order';

type JsonObject = Record<string, unknown>;

/** How a list merges; `undefined`: it is replaced as a whole. */
interface ListMerge {
  /** `''` for lists of plain values. */
  readonly mergeKey: string;
  readonly items: Schema | undefined;
}

/** One merge of a patch into an object. The inputs are not changed; parts of them may be in the result. */
export class StrategicMerger {
  readonly #types: TypeView;

  constructor(types: TypeView) {
    this.#types = types;
  }

  /** @throws StatusError for a patch that contradicts itself or its schema */
  mergeObject(original: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject {
    const directive = patch[PATCH];
    if (directive !== undefined) {
      if (directive === 'replace') {
        const rest = { ...patch };
        delete rest[PATCH];
        return (withoutDirectives(rest) ?? {}) as JsonObject; // an object without $patch stays one
      }
      if (directive === 'delete') return {};
      throw unknownPatchType(patch);
    }
    const result = retainKeys(original, patch);
    const ordered = this.#mergeOrderedLists(result, original, patch, schema);
    for (const [key, value] of Object.entries(patch)) {
      if (key === RETAIN_KEYS) continue;
      const member = memberKind(key);
      if (member.kind === 'order' || ordered.has(member.name)) continue;
      if (member.kind === 'delete-from') this.#deleteFromList(result, member.name, value);
      else this.#mergeMember(result, key, value, schema);
    }
    return result;
  }

  #mergeMember(result: JsonObject, name: string, value: unknown, schema: Schema | undefined): void {
    if (value === null) {
      delete result[name];
      return;
    }
    const present = Object.hasOwn(result, name) ? result[name] : undefined;
    const field = this.#types.fieldsOf(schema)?.get(name);
    const memberSchema = this.#types.memberOf(schema, name);
    if (isRecord(value) && isRecord(present) && !isReplaced(field)) {
      result[name] = this.mergeObject(present, value, memberSchema);
    } else if (Array.isArray(value) && Array.isArray(present)) {
      const merge = listMerge(field);
      result[name] = merge === undefined ? withoutDirectives(value) : this.#mergeList(present, value, merge);
    } else {
      const taken = withoutDirectives(value);
      if (taken !== undefined) result[name] = taken;
    }
  }

  /** Lists for which the patch also gives the order of all elements. Returns their names. */
  #mergeOrderedLists(
    result: JsonObject,
    original: JsonObject,
    patch: JsonObject,
    schema: Schema | undefined,
  ): ReadonlySet<string> {
    const done = new Set<string>();
    for (const [key, order] of Object.entries(patch)) {
      const member = memberKind(key);
      if (member.kind !== 'order') continue;
      const { name } = member;
      if (!Array.isArray(order)) throw badArgument('slice', order);
      const present = Object.hasOwn(result, name) ? result[name] : undefined;
      const patched = Object.hasOwn(patch, name) ? patch[name] : undefined;
      // Removed by null, or changed by $deleteFromPrimitiveList alone.
      if (patched === null) continue;
      if (present !== undefined && !Array.isArray(present)) throw badArgument('slice', present);
      if (patched !== undefined && !Array.isArray(patched)) throw badArgument('slice', patched);
      if (present === undefined && patched === undefined) continue;
      const field = this.#types.fieldsOf(schema)?.get(name);
      const merge = listMerge(field) ?? { mergeKey: field?.patchMergeKey ?? '', items: itemsOf(field?.schema) };
      const idOf = elementId(merge.mergeKey);
      if (patched !== undefined) checkOrder(patched, order, idOf, merge.mergeKey);
      const deleted = this.#afterDeletion(present ?? [], patch, name);
      let merged: unknown[] = deleted;
      if (patched !== undefined) {
        merged =
          present === undefined ? (withoutDirectives(patched) as unknown[]) : this.#mergeList(deleted, patched, merge);
      }
      result[name] = orderElements(
        merged,
        order as unknown[],
        Array.isArray(original[name]) ? original[name] : [],
        idOf,
      );
      done.add(name);
    }
    return done;
  }

  #afterDeletion(list: readonly unknown[], patch: JsonObject, name: string): unknown[] {
    const deletion = Object.entries(patch).find(
      ([key]) => memberKind(key).kind === 'delete-from' && memberKind(key).name === name,
    );
    return deletion === undefined ? [...list] : without(list, deletion[1]);
  }

  #deleteFromList(result: JsonObject, name: string, value: unknown): void {
    const present = Object.hasOwn(result, name) ? result[name] : undefined;
    if (present === undefined) return;
    if (!Array.isArray(present)) throw badArgument('slice', present);
    result[name] = without(present, value);
  }

  #mergeList(original: readonly unknown[], patch: readonly unknown[], merge: ListMerge): unknown[] {
    if (original.length === 0 && patch.length === 0) return [];
    const all = [...original, ...patch];
    if (!all.some(isRecord)) return mergePlainLists(original, patch);
    if (!all.every(isRecord)) throw mixedList();
    const { mergeKey, items } = merge;
    if (mergeKey === '') throw noMergeKey(patch[0] ?? original[0], mergeKey);
    const special = applyElementDirectives(original as JsonObject[], patch as JsonObject[], mergeKey);
    const merged = special.original;
    const places = firstPlaces(merged, mergeKey);
    for (const element of special.patch) {
      const id = element[mergeKey];
      if (id === undefined) throw noMergeKey(element, mergeKey);
      const at = places.get(id) ?? merged.length;
      places.set(id, at);
      merged[at] = this.mergeObject(merged[at] ?? {}, element, items);
    }
    return orderElements(merged, special.patch, original, elementId(mergeKey));
  }
}

/** Deletes and replaces elements as `$patch` asks; what is left of both lists. */
function applyElementDirectives(
  original: readonly JsonObject[],
  patch: readonly JsonObject[],
  mergeKey: string,
): { readonly original: JsonObject[]; readonly patch: JsonObject[] } {
  const deleted = new Set<unknown>();
  const rest: JsonObject[] = [];
  let replaced = false;
  for (const element of patch) {
    const directive = element[PATCH];
    switch (directive) {
      case undefined:
        rest.push(element);
        break;
      case 'delete': {
        const id = element[mergeKey];
        if (id === undefined) throw noMergeKey(element, mergeKey);
        deleted.add(id);
        break;
      }
      case 'replace':
        replaced = true;
        break;
      default:
        throw unknownPatchType(element);
    }
  }
  const left = replaced ? [] : original.filter((element) => !deleted.has(element[mergeKey]));
  return { original: left, patch: rest };
}

/** Where elements are, by key; lists may be long. */
function firstPlaces(list: readonly JsonObject[], mergeKey: string): Map<unknown, number> {
  const places = new Map<unknown, number>();
  list.forEach((element, at) => {
    const id = element[mergeKey];
    if (!places.has(id)) places.set(id, at);
  });
  return places;
}

function mergePlainLists(original: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const merged = [...new Set([...original, ...patch])];
  return orderElements(merged, patch, original, (element) => element);
}

function without(list: readonly unknown[], deleted: unknown): unknown[] {
  if (!Array.isArray(deleted)) throw badArgument('slice', deleted);
  // Lists of plain values are what this is for.
  const plain = new Set<unknown>(deleted);
  const others = deleted.filter((value) => typeof value === 'object');
  return list.filter((element) => !plain.has(element) && !others.some((other) => deepEqual(element, other)));
}

function retainKeys(original: JsonObject, patch: JsonObject): JsonObject {
  const retained = patch[RETAIN_KEYS];
  if (retained === undefined) return { ...original };
  if (!Array.isArray(retained)) throw badArgument('slice', retained);
  const keys = new Set<unknown>(retained);
  for (const [key, value] of Object.entries(patch)) {
    const { kind, name } = memberKind(key);
    if (key !== RETAIN_KEYS && kind === 'value' && value !== null && !keys.has(name)) throw retainKeysMismatch(key);
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.has(key)));
}

/** The patched elements have to appear in the same order in the list of all. */
function checkOrder(patch: readonly unknown[], order: readonly unknown[], idOf: ElementId, mergeKey: string): void {
  const kept = patch.filter((element) => !isRecord(element) || element[PATCH] === undefined);
  let at = 0;
  for (const element of order) {
    if (mergeKey !== '' && (!isRecord(element) || element[mergeKey] === undefined)) throw noMergeKey(element, mergeKey);
    if (at < kept.length && deepEqual(idOf(kept[at]), idOf(element))) at += 1;
  }
  if (at < kept.length) throw orderMismatch(patch, order);
}

function elementId(mergeKey: string): ElementId {
  if (mergeKey === '') return (element) => element;
  return (element) => (isRecord(element) ? element[mergeKey] : undefined);
}

function listMerge(field: FieldSchema | undefined): ListMerge | undefined {
  if (field?.patchStrategy?.includes('merge') !== true) return undefined;
  return { mergeKey: field.patchMergeKey ?? '', items: itemsOf(field.schema) };
}

function isReplaced(field: FieldSchema | undefined): boolean {
  return field?.patchStrategy === 'replace';
}
