import { deepEqual } from '@kubernetes-mesos/api-types';
import { isRecord } from '../type-view';
import { FieldSet } from './field-set';
import { fieldElement, type PathElement } from './path-element';
import { stepTo, type Place, type Topology } from './topology';

/** What differs between two states of an object, by place. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export function compareValues(topology: Topology, before: unknown, after: unknown, place: Place): Comparison {
  const comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  compareInside(topology, before, after, place, comparison);
  return comparison;
}

/** Compares the parts of two values of a kind that has parts; `undefined` has none. */
function compareInside(topology: Topology, before: unknown, after: unknown, place: Place, into: Comparison): void {
  if (before === after) return;
  const left = partsOf(topology, before, place);
  const right = partsOf(topology, after, place);
  for (const [step, part] of left) {
    const other = right.get(step);
    if (other !== undefined) comparePart(topology, step, part, other, into);
    else if (!isImplied(part)) gather(topology, step, part, into.removed);
    else if (isDivided(part)) compareBelow(topology, step, part.place, part.value, undefined, into);
  }
  for (const [step, part] of right) {
    if (left.has(step)) continue;
    if (!isImplied(part)) gather(topology, step, part, into.added);
    else if (isDivided(part)) compareBelow(topology, step, part.place, undefined, part.value, into);
  }
}

interface Part {
  readonly value: unknown;
  readonly place: Place | undefined;
  /** Its place exists without it. */
  readonly isAlwaysThere: boolean;
}

function comparePart(topology: Topology, step: PathElement, before: Part, after: Part, into: Comparison): void {
  if (isDivided(before) && isDivided(after)) {
    compareBelow(topology, step, before.place, before.value, after.value, into);
  } else if (!deepEqual(before.value, after.value)) {
    into.modified.insert(step);
  }
}

function compareBelow(
  topology: Topology,
  step: PathElement,
  place: Place,
  before: unknown,
  after: unknown,
  into: Comparison,
): void {
  const below = {
    added: into.added.child(step),
    modified: into.modified.child(step),
    removed: into.removed.child(step),
  };
  compareInside(topology, before, after, place, below);
}

/**
 * Adds a part and all that is in it: what has parts is a place as well as they, and what is always there comes with it.
 */
function gather(topology: Topology, step: PathElement, part: Part, set: FieldSet): void {
  set.insert(step);
  if (!isDivided(part)) return;
  if (part.place.relation.kind === 'struct') {
    for (const name of topology.alwaysThere(part.place)) set.child(step).insert(fieldElement(name));
  }
  for (const [below, inner] of partsOf(topology, part.value, part.place)) {
    gather(topology, below, inner, set.child(step));
  }
}

/** Whether a part says no more than its absence: it is empty, or has parts that speak for themselves. */
function isImplied(part: Part): boolean {
  const { value, isAlwaysThere } = part;
  return isAlwaysThere && (isDivided(part) || value === '' || value === 0 || value === false);
}

/** Whether the value is of a kind that has parts, be they none. */
function isDivided(part: Part): part is Part & { readonly place: Place } {
  const { value, place } = part;
  switch (place?.relation.kind) {
    case 'struct':
    case 'map':
      return isRecord(value);
    case 'list':
    case 'set':
      return Array.isArray(value);
    case 'atomic':
    case undefined:
      return false;
  }
}

function partsOf(topology: Topology, value: unknown, place: Place): Map<PathElement, Part> {
  const parts = new Map<PathElement, Part>();
  if (isRecord(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (member === null || member === undefined) continue;
      const isAlwaysThere = topology.isAlwaysThere(place, name);
      parts.set(fieldElement(name), { value: member, place: topology.member(place, name), isAlwaysThere });
    }
  } else if (Array.isArray(value)) {
    const inner = place.relation.kind === 'list' ? topology.element(place) : undefined;
    for (const element of value as unknown[]) {
      const step = stepTo(place.relation, element);
      if (step !== undefined) parts.set(step, { value: element, place: inner, isAlwaysThere: false });
    }
  }
  return parts;
}
