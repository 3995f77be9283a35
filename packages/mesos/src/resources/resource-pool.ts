import type { Resource } from '../messages';
import { reservationRole, resourceIdentity } from './identity';
import {
  addRanges,
  containsRanges,
  countRanges,
  normalizeRanges,
  rangesInclude,
  subtractRanges,
  type NumberRange,
} from './ranges';
import { fromMilli, toMilli, type Milli } from './scalar';

interface EntryBase {
  /** The resource as offered: carries the reservation, allocation and all else that makes its identity. */
  readonly template: Resource;
  readonly identity: string;
  /** Role it is reserved to, `*` when unreserved. */
  readonly role: string;
}
type Entry =
  | (EntryBase & { readonly kind: 'scalar'; milli: Milli })
  | (EntryBase & { readonly kind: 'ranges'; ranges: readonly NumberRange[] })
  | (EntryBase & { readonly kind: 'set'; items: Set<string> });

/**
 * Resources that can be added, subtracted and taken from, by the rules of Mesos: quantities never mix across roles,
 * reservations or any other part of a resource's identity; scalars count in thousandths; ranges and sets are sets.
 */
export class ResourcePool {
  readonly #entries = new Map<string, Entry>();
  /** The same entries by resource name, in the order in which they came. */
  readonly #byName = new Map<string, Entry[]>();

  static of(resources: Iterable<Resource>): ResourcePool {
    const pool = new ResourcePool();
    for (const resource of resources) pool.add(resource);
    return pool;
  }

  add(resource: Resource): void {
    const identity = resourceIdentity(resource);
    const entry = this.#entries.get(identity);
    if (entry === undefined) {
      const fresh = entryOf(resource, identity);
      if (fresh === undefined) return;
      this.#entries.set(identity, fresh);
      const named = this.#byName.get(resource.name);
      if (named === undefined) this.#byName.set(resource.name, [fresh]);
      else named.push(fresh);
      return;
    }
    switch (entry.kind) {
      case 'scalar':
        entry.milli += toMilli(resource.scalar?.value ?? 0);
        return;
      case 'ranges':
        entry.ranges = addRanges(entry.ranges, resource.ranges?.range ?? []);
        return;
      case 'set':
        for (const item of resource.set?.item ?? []) entry.items.add(item);
        return;
    }
  }

  /** Whether all of `resources` together are in this pool. */
  contains(resources: Iterable<Resource>): boolean {
    for (const wanted of ResourcePool.of(resources).#entries.values()) {
      if (!entryContains(this.#entries.get(wanted.identity), wanted)) return false;
    }
    return true;
  }

  /** Takes `resources` out, or nothing. @returns whether they were all there. */
  subtract(resources: Iterable<Resource>): boolean {
    const wanted = ResourcePool.of(resources);
    for (const part of wanted.#entries.values()) {
      if (!entryContains(this.#entries.get(part.identity), part)) return false;
    }
    for (const part of wanted.#entries.values()) {
      const entry = this.#entries.get(part.identity);
      if (entry !== undefined) subtractEntry(entry, part);
    }
    return true;
  }

  /** What the scalar `name` sums up to over `roles` (all roles when absent). */
  scalar(name: string, roles?: readonly string[]): Milli {
    let sum = 0;
    for (const entry of this.#byName.get(name) ?? []) {
      if (entry.kind === 'scalar' && (roles === undefined || roles.includes(entry.role))) sum += entry.milli;
    }
    return sum;
  }

  /** The numbers of the ranges resource `name` over `roles` (all roles when absent), in normal form. */
  ranges(name: string, roles?: readonly string[]): NumberRange[] {
    return normalizeRanges(this.#rangeEntries(name, roles).flatMap((entry) => entry.ranges));
  }

  /** Whether the ranges resource `name` holds `value` in one of `roles`. */
  hasValue(name: string, value: number, roles: readonly string[]): boolean {
    return this.#rangeEntries(name, roles).some((entry) => rangesInclude(entry.ranges, value));
  }

  /**
   * Takes `milli` of the scalar `name`, from the first role of `roles` on, splitting over entries where one does not
   * hold enough. @returns what to put into a task, or `undefined` (and nothing taken) when there is too little.
   */
  takeScalar(name: string, milli: Milli, roles: readonly string[]): Resource[] | undefined {
    if (milli <= 0) return [];
    if (this.scalar(name, roles) < milli) return undefined;
    const taken: Resource[] = [];
    let rest = milli;
    for (const role of roles) {
      for (const entry of this.#byName.get(name) ?? []) {
        if (rest <= 0) break;
        if (entry.kind !== 'scalar' || entry.role !== role || entry.milli <= 0) continue;
        const part = Math.min(rest, entry.milli);
        entry.milli -= part;
        rest -= part;
        taken.push({ ...entry.template, scalar: { value: fromMilli(part) } });
      }
    }
    return taken;
  }

  /** Takes one number of the ranges resource `name`. @returns the resource for a task, or `undefined` if nobody has it. */
  takeValue(name: string, value: number, roles: readonly string[]): Resource | undefined {
    for (const role of roles) {
      for (const entry of this.#rangeEntries(name, [role])) {
        if (!rangesInclude(entry.ranges, value)) continue;
        const range = { begin: value, end: value };
        entry.ranges = subtractRanges(entry.ranges, [range]);
        return { ...entry.template, ranges: { range: [range] } };
      }
    }
    return undefined;
  }

  /** What is left, without empty entries. */
  toResources(): Resource[] {
    const resources: Resource[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.kind === 'scalar' && entry.milli > 0) {
        resources.push({ ...entry.template, scalar: { value: fromMilli(entry.milli) } });
      } else if (entry.kind === 'ranges' && entry.ranges.length > 0) {
        resources.push({ ...entry.template, ranges: { range: entry.ranges } });
      } else if (entry.kind === 'set' && entry.items.size > 0) {
        resources.push({ ...entry.template, set: { item: [...entry.items] } });
      }
    }
    return resources;
  }

  get isEmpty(): boolean {
    for (const entry of this.#entries.values()) if (!isEmptyEntry(entry)) return false;
    return true;
  }

  clone(): ResourcePool {
    return ResourcePool.of(this.toResources());
  }

  #rangeEntries(name: string, roles: readonly string[] | undefined): Extract<Entry, { kind: 'ranges' }>[] {
    return (this.#byName.get(name) ?? []).filter(
      (entry): entry is Extract<Entry, { kind: 'ranges' }> =>
        entry.kind === 'ranges' && (roles === undefined || roles.includes(entry.role)),
    );
  }
}

/** `undefined` for a resource without a quantity of its type, and for TEXT, which is no resource type. */
function entryOf(resource: Resource, identity: string): Entry | undefined {
  const base = { template: resource, identity, role: reservationRole(resource) };
  switch (resource.type) {
    case 'SCALAR':
      return { kind: 'scalar', ...base, milli: toMilli(resource.scalar?.value ?? 0) };
    case 'RANGES':
      return { kind: 'ranges', ...base, ranges: normalizeRanges(resource.ranges?.range ?? []) };
    case 'SET':
      return { kind: 'set', ...base, items: new Set(resource.set?.item ?? []) };
    case 'TEXT':
      return undefined;
  }
}

function isEmptyEntry(entry: Entry): boolean {
  switch (entry.kind) {
    case 'scalar':
      return entry.milli <= 0;
    case 'ranges':
      return countRanges(entry.ranges) === 0;
    case 'set':
      return entry.items.size === 0;
  }
}

function entryContains(entry: Entry | undefined, wanted: Entry): boolean {
  if (isEmptyEntry(wanted)) return true;
  if (entry === undefined) return false;
  if (entry.kind === 'scalar' && wanted.kind === 'scalar') return entry.milli >= wanted.milli;
  if (entry.kind === 'ranges' && wanted.kind === 'ranges') return containsRanges(entry.ranges, wanted.ranges);
  if (entry.kind === 'set' && wanted.kind === 'set') return [...wanted.items].every((item) => entry.items.has(item));
  return false;
}

function subtractEntry(entry: Entry, part: Entry): void {
  if (entry.kind === 'scalar' && part.kind === 'scalar') entry.milli -= part.milli;
  else if (entry.kind === 'ranges' && part.kind === 'ranges') entry.ranges = subtractRanges(entry.ranges, part.ranges);
  else if (entry.kind === 'set' && part.kind === 'set') for (const item of part.items) entry.items.delete(item);
}
