import { badRequest, type ManagedFieldsEntry, type SchemaRegistry } from '@kubernetes-mesos/api-types';
import type { JsonObject, ServerSideApply } from '../patches';
import { isRecord, TypeView } from '../type-view';
import { compareValues, type Comparison } from './compare';
import { conflictError, type Conflict } from './conflicts';
import { FieldSet } from './field-set';
import { placesOfClientSideApply, withLastApplied } from './last-applied';
import { Managers, type ManagerId } from './managers';
import { ownable } from './owned-fields';
import { mergeTyped, removePlaces } from './typed-merge';
import { Topology, type Place } from './topology';
import { fieldsOfValue, requireTyped } from './typed-value';
import { untrackedManagers } from './untracked';

/**
 * Server-side apply. A manager owns the places that its last configuration named. A place that it no longer names and
 * nobody else owns is removed; a value that differs from what another manager owns is a conflict, unless it is forced.
 */
export function createServerSideApply(schemas: SchemaRegistry): ServerSideApply {
  const topology = new Topology(new TypeView(schemas));
  return {
    apply: ({ current, applied, schema, subresource, manager, force, nowMs, kind, apiVersion }) => {
      requireAppliable(applied, kind, apiVersion);
      const place = topology.root(schema);
      requireTyped(topology, applied, place);
      const id: ManagerId = { manager, operation: 'Apply', apiVersion, subresource };
      const live = current ?? {};
      const before = managersOf(topology, live, place, apiVersion);
      const set = ownable(fieldsOfValue(topology, applied, place), subresource);
      const last = before.get(id) ?? new FieldSet();
      const managers = before.with(id, set);
      const merged = mergeTyped(topology, live, applied, place);
      const kept = managers.all();
      const next = removePlaces(topology, merged, unowned(last, kept), kept, place) as JsonObject; // an object stays one
      const comparison = compareValues(topology, live, next, place);
      const settled = settleConflicts(topology, { live, comparison, place, managers, id, force });
      const isOwnWrite = !isSame(comparison) || !last.equals(set);
      const stamped = isOwnWrite ? settled.with(id, settled.get(id) ?? new FieldSet(), nowMs) : settled;
      return withManagers(withLastApplied(manager, next, applied), stamped);
    },
  };
}

interface Settlement {
  readonly live: JsonObject;
  readonly comparison: Comparison;
  readonly place: Place;
  readonly managers: Managers;
  readonly id: ManagerId;
  readonly force: boolean;
}

/** @throws StatusError 409 */
function settleConflicts(topology: Topology, settlement: Settlement): Managers {
  const { live, comparison, place, id, force } = settlement;
  let { managers } = settlement;
  const changed = comparison.modified.union(comparison.added);
  const conflicts: Conflict[] = [];
  for (const other of managers.others(id)) {
    const fields = other.fields.intersection(ownable(changed, other.id.subresource));
    if (!fields.isEmpty) conflicts.push({ manager: other.id, fields });
  }
  if (conflicts.length > 0 && !force) {
    const own = placesOfClientSideApply(topology, id.manager, live, place) ?? new FieldSet();
    const left = conflicts
      .map(({ manager, fields }) => ({ manager, fields: fields.difference(own) }))
      .filter(({ fields }) => !fields.isEmpty);
    if (left.length > 0) throw conflictError(left);
  }
  for (const { manager, fields } of conflicts) {
    managers = managers.with(manager, (managers.get(manager) ?? new FieldSet()).difference(fields));
  }
  for (const other of [...managers.others(id)]) {
    managers = managers.with(other.id, other.fields.difference(comparison.removed));
  }
  return managers;
}

function isSame({ added, modified, removed }: Comparison): boolean {
  return added.isEmpty && modified.isEmpty && removed.isEmpty;
}

/** As stored; an object that nobody has been tracked on is all of one manager. */
function managersOf(topology: Topology, live: JsonObject, place: Place, apiVersion: string): Managers {
  const managers = Managers.read(managedFieldsOf(live));
  return managers.size > 0 || Object.keys(live).length === 0
    ? managers
    : untrackedManagers(topology, live, place, apiVersion);
}

/** The places of `last` at and below which nobody owns anything. */
function unowned(last: FieldSet, kept: FieldSet): FieldSet {
  const result = new FieldSet();
  for (const path of last.paths()) {
    let owned: FieldSet | undefined = kept;
    let isOwned = false;
    path.forEach((step, index) => {
      if (index === path.length - 1) isOwned = owned?.reaches(step) === true;
      else owned = owned?.below(step);
    });
    if (isOwned) continue;
    let at = result;
    path.forEach((step, index) => {
      if (index === path.length - 1) at.insert(step);
      else at = at.child(step);
    });
  }
  return result;
}

function withManagers(object: JsonObject, managers: Managers): JsonObject {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const next: JsonObject = { ...metadata };
  const entries = managers.encode();
  if (entries.length === 0) delete next['managedFields'];
  else next['managedFields'] = entries;
  return { ...object, metadata: next };
}

function managedFieldsOf(object: JsonObject): readonly ManagedFieldsEntry[] | undefined {
  const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
  const entries = metadata['managedFields'];
  return Array.isArray(entries) ? (entries as ManagedFieldsEntry[]) : undefined; // stored objects are typed
}

/** @throws StatusError 400 */
function requireAppliable(applied: JsonObject, kind: string, apiVersion: string): void {
  const given = applied['apiVersion'];
  if (given !== apiVersion) {
    const text = typeof given === 'string' ? given : '';
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${text}, expected: ${apiVersion}`,
    );
  }
  const { kind: own = kind, metadata } = applied;
  if (own !== kind) {
    const group = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
    throw badRequest(`invalid object type: ${group}, Kind=${typeof own === 'string' ? own : ''}`);
  }
  if (isRecord(metadata) && metadata['managedFields'] !== undefined && metadata['managedFields'] !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
}
