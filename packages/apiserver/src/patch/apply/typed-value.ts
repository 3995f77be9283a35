import { plainError, type Schema } from '@kubernetes-mesos/api-types';
import { isRecord } from '../type-view';
import { FieldSet } from './field-set';
import { fieldElement, pathText, type PathElement } from './path-element';
import { missingKey, stepTo, type Place, type Topology } from './topology';

/** Every place that a value says something about. */
export function fieldsOfValue(topology: Topology, value: unknown, place: Place): FieldSet {
  const set = new FieldSet();
  collect(topology, value, place, set);
  return set;
}

/**
 * Checks that a configuration is of its type: declared members, the right kinds of values, list elements with distinct
 * keys. Texts are those of structured-merge-diff, which upstream passes on.
 * @throws StatusError 500, as v1.20
 */
export function requireTyped(topology: Topology, value: unknown, place: Place): void {
  const problems: string[] = [];
  check(topology, value, place, [], problems);
  if (problems.length === 0) return;
  const [only] = problems;
  const text = problems.length === 1 ? only : `errors:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
  throw plainError(`failed to create typed patch object: ${text ?? ''}`);
}

/** Adds what is below `value`; answers whether the place of `value` itself is a leaf. */
function collect(topology: Topology, value: unknown, place: Place, set: FieldSet): boolean {
  const { relation } = place;
  if (isRecord(value) && (relation.kind === 'struct' || relation.kind === 'map')) {
    const entries = Object.entries(value);
    for (const [name, member] of entries) {
      const step = fieldElement(name);
      const inner = topology.member(place, name);
      const isLeaf = inner === undefined || collect(topology, member, inner, set.child(step));
      if (isLeaf || relation.kind === 'map') set.insert(step);
    }
    // `emptyDir: {}` says something, an empty map of labels does not.
    return entries.length === 0 && relation.kind === 'struct';
  }
  if (Array.isArray(value) && (relation.kind === 'list' || relation.kind === 'set')) {
    const inner = topology.element(place);
    for (const element of value as unknown[]) {
      const step = stepTo(relation, element);
      if (step === undefined) continue;
      set.insert(step);
      if (relation.kind === 'list') collect(topology, element, inner, set.child(step));
    }
    return false;
  }
  return true;
}

function check(
  topology: Topology,
  value: unknown,
  place: Place,
  path: readonly PathElement[],
  problems: string[],
): void {
  if (value === null || value === undefined) return;
  const problem = kindProblem(value, place.schema);
  if (problem !== undefined) {
    problems.push(at(path, problem));
    return;
  }
  if (isRecord(value)) checkMembers(topology, value, place, path, problems);
  else if (Array.isArray(value)) checkElements(topology, value as unknown[], place, path, problems);
}

function checkMembers(
  topology: Topology,
  value: Readonly<Record<string, unknown>>,
  place: Place,
  path: readonly PathElement[],
  problems: string[],
): void {
  for (const [name, member] of Object.entries(value)) {
    const step = [...path, fieldElement(name)];
    const inner = topology.member(place, name);
    if (inner !== undefined) check(topology, member, inner, step, problems);
    else if (topology.isStruct(place)) problems.push(at(step, 'field not declared in schema'));
  }
}

function checkElements(
  topology: Topology,
  list: readonly unknown[],
  place: Place,
  path: readonly PathElement[],
  problems: string[],
): void {
  const { relation } = place;
  const inner = topology.element(place);
  const seen = new Set<PathElement>();
  list.forEach((element, index) => {
    const step = stepTo(relation, element);
    if (relation.kind === 'list' && step === undefined) {
      const key = isRecord(element) ? missingKey(relation.keys, element) : undefined;
      const problem =
        key === undefined
          ? 'an element of an associative list is no map'
          : `associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`;
      problems.push(at([...path], `element ${index}: ${problem}`));
      return;
    }
    if (step !== undefined) {
      if (seen.has(step)) problems.push(at(path, `duplicate entries for key ${pathText([step])}`));
      seen.add(step);
    }
    check(topology, element, inner, [...path, step ?? `i:${index}`], problems);
  });
}

function kindProblem(value: unknown, schema: Schema | undefined): string | undefined {
  switch (schema?.type) {
    case 'ref':
    case 'map':
      return isRecord(value) ? undefined : `expected map, got ${shown(value)}`;
    case 'array':
      return Array.isArray(value) ? undefined : `expected list, got ${shown(value)}`;
    case 'string':
      if (schema.format === 'quantity' || schema.format === 'int-or-string') {
        return typeof value === 'object' ? `expected string or number, got ${shown(value)}` : undefined;
      }
      return typeof value === 'string' ? undefined : `expected string, got ${shown(value)}`;
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${shown(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${shown(value)}`;
    default:
      return undefined;
  }
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  if (isRecord(value)) return 'map';
  return JSON.stringify(value);
}

function at(path: readonly PathElement[], problem: string): string {
  return path.length === 0 ? problem : `${pathText(path)}: ${problem}`;
}
