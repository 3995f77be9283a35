import { isRecord } from '../type-view';
import type { FieldSet } from './field-set';
import { fieldElement, type PathElement } from './path-element';
import { stepTo, type Place, type Topology } from './topology';

/** The live value with the configuration laid over it: members and keyed elements merge, the rest is replaced. */
export function mergeTyped(topology: Topology, live: unknown, applied: unknown, place: Place): unknown {
  if (applied === undefined) return live;
  if (live === undefined || live === null) return applied;
  const { relation } = place;
  if (isRecord(live) && isRecord(applied) && (relation.kind === 'struct' || relation.kind === 'map')) {
    const result: Record<string, unknown> = { ...live };
    for (const [name, value] of Object.entries(applied)) {
      const inner = topology.member(place, name);
      const present = Object.hasOwn(live, name) ? live[name] : undefined;
      result[name] = inner === undefined ? value : mergeTyped(topology, present, value, inner);
    }
    return result;
  }
  if (Array.isArray(live) && Array.isArray(applied) && (relation.kind === 'list' || relation.kind === 'set')) {
    return mergeElements(topology, live as unknown[], applied as unknown[], place);
  }
  return applied;
}

/** Elements of the live list keep their places, new ones come after them. */
function mergeElements(topology: Topology, live: unknown[], applied: unknown[], place: Place): unknown[] {
  const inner = topology.element(place);
  const rest = new Map<PathElement | number, unknown>();
  applied.forEach((element, index) => rest.set(stepTo(place.relation, element) ?? index, element));
  const result = live.map((element) => {
    const step = stepTo(place.relation, element);
    if (step === undefined || !rest.has(step)) return element;
    const other = rest.get(step);
    rest.delete(step);
    return mergeTyped(topology, element, other, inner);
  });
  return [...result, ...rest.values()];
}

/**
 * The value without the places in `removed`. What becomes empty by that goes too, unless somebody owns it (`kept`).
 */
export function removePlaces(
  topology: Topology,
  value: unknown,
  removed: FieldSet,
  kept: FieldSet | undefined,
  place: Place,
): unknown {
  if (isRecord(value)) {
    const result: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(value)) {
      const left = removePart(topology, fieldElement(name), member, removed, kept, topology.member(place, name));
      if (left !== undefined) result[name] = left;
    }
    return result;
  }
  if (Array.isArray(value)) {
    const inner = topology.element(place);
    return (value as unknown[]).flatMap((element) => {
      const step = stepTo(place.relation, element);
      if (step === undefined) return [element];
      const left = removePart(topology, step, element, removed, kept, inner);
      return left === undefined ? [] : [left];
    });
  }
  return value;
}

/** `undefined`: the part goes. */
function removePart(
  topology: Topology,
  step: PathElement,
  part: unknown,
  removed: FieldSet,
  kept: FieldSet | undefined,
  place: Place | undefined,
): unknown {
  if (removed.has(step)) return undefined;
  const below = removed.below(step);
  if (below === undefined || below.isEmpty || place === undefined) return part;
  const left = removePlaces(topology, part, below, kept?.below(step), place);
  const isEmptied = Array.isArray(left) ? left.length === 0 : isRecord(left) && Object.keys(left).length === 0;
  return isEmptied && kept?.reaches(step) !== true ? undefined : left;
}
