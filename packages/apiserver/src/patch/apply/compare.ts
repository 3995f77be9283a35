import { deepEqual } from '@kubernetes-mesos/api-types';
import { isRecord } from '../type-view';
import { FieldSet, type PathElement } from './field-set';
import { fieldElement } from './path-element';
import { stepTo, type Place, type Topology } from './topology';
import { fieldsOfValue } from './typed-value';

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

/** Compares the parts of two values of a kind that has parts. */
function compareInside(topology: Topology, before: unknown, after: unknown, place: Place, into: Comparison): void {
  if (before === after) return;
  const left = partsOf(topology, before, place);
  const right = partsOf(topology, after, place);
  for (const [step, part] of left) {
    const other = right.get(step);
    if (other === undefined) gather(topology, step, part, into.removed);
    else comparePart(topology, step, part, other, into);
  }
  for (const [step, part] of right) {
    if (!left.has(step)) gather(topology, step, part, into.added);
  }
}

interface Part {
  readonly value: unknown;
  readonly place: Place | undefined;
  /** An element of a list is a place of its own, whatever is in it. */
  readonly isElement: boolean;
}

function comparePart(topology: Topology, step: PathElement, before: Part, after: Part, into: Comparison): void {
  const { place } = before;
  if (place !== undefined && isDivided(before.value, place) && isDivided(after.value, place)) {
    const below = {
      added: into.added.child(step),
      modified: into.modified.child(step),
      removed: into.removed.child(step),
    };
    compareInside(topology, before.value, after.value, place, below);
    return;
  }
  if (!deepEqual(before.value, after.value)) into.modified.insert(step);
}

/** Adds a part and all that is in it. */
function gather(topology: Topology, step: PathElement, part: Part, set: FieldSet): void {
  if (part.place === undefined || !hasParts(part.value, part.place)) {
    set.insert(step);
    return;
  }
  if (part.isElement) set.insert(step);
  const below = fieldsOfValue(topology, part.value, part.place);
  if (below.isEmpty) set.insert(step);
  const target = set.child(step);
  for (const path of below.paths()) insertPath(target, path);
}

function insertPath(set: FieldSet, path: readonly PathElement[]): void {
  let at = set;
  path.forEach((step, index) => {
    if (index === path.length - 1) at.insert(step);
    else at = at.child(step);
  });
}

/** Whether there is something in the value that is a place of its own. */
function hasParts(value: unknown, place: Place): boolean {
  return isDivided(value, place) && (Array.isArray(value) || Object.keys(value as object).length > 0);
}

/** Whether the value is of a kind that has parts, be they none. */
function isDivided(value: unknown, { relation }: Place): boolean {
  switch (relation.kind) {
    case 'struct':
    case 'map':
      return isRecord(value);
    case 'list':
    case 'set':
      return Array.isArray(value);
    case 'atomic':
      return false;
  }
}

function partsOf(topology: Topology, value: unknown, place: Place): Map<PathElement, Part> {
  const parts = new Map<PathElement, Part>();
  if (isRecord(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (member === null || member === undefined) continue;
      parts.set(fieldElement(name), { value: member, place: topology.member(place, name), isElement: false });
    }
  } else if (Array.isArray(value)) {
    const inner = place.relation.kind === 'list' ? topology.element(place) : undefined;
    for (const element of value as unknown[]) {
      const step = stepTo(place.relation, element);
      if (step !== undefined) parts.set(step, { value: element, place: inner, isElement: true });
    }
  }
  return parts;
}
