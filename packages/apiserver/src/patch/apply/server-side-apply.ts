import { badRequest, type ManagedFieldsEntry, type SchemaRegistry } from '@kubernetes-mesos/api-types';
import type { JsonObject, ServerSideApply } from '../patches';
import { isRecord, TypeView } from '../type-view';
import { compareValues } from './compare';
import { conflictError, type Conflict } from './conflicts';
import { FieldSet } from './field-set';
import { placesOfClientSideApply } from './last-applied';
import { Managers, type ManagerId } from './managers';
import { ownable } from './owned-fields';
import { mergeTyped, removePlaces } from './typed-merge';
import { Topology, type Place } from './topology';
import { fieldsOfValue, requireTyped } from './typed-value';

/** Owner of everything that was there before the first apply: writes are not tracked until then. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

/**
 * Server-side apply. A manager owns the places that its last configuration named. A place that it no longer names and
 * nobody else owns is removed; a value that differs from what another manager owns is a conflict, unless it is forced.
 */
export function createServerSideApply(schemas: SchemaRegistry): ServerSideApply {
  const topology = new Topology(new TypeView(schemas));
  return {
    apply: ({ current, applied, schema, subresource, manager, force, nowMs, apiVersion }) => {
      requireAppliable(applied, apiVersion);
      const place = topology.root(schema);
      requireTyped(topology, applied, place);
      const id: ManagerId = { manager, operation: 'Apply', apiVersion, subresource };
      const live = current ?? {};
      const before = managersBefore(topology, live, place, apiVersion, nowMs);
      const set = ownable(fieldsOfValue(topology, applied, place), subresource);
      const last = before.get(id) ?? new FieldSet();
      const managers = before.with(id, set, nowMs);
      const merged = mergeTyped(topology, live, applied, place);
      const kept = managers.all();
      const pruned = removePlaces(topology, merged, unowned(last, kept), kept, place) as JsonObject; // an object stays one
      const settled = settleConflicts(topology, { live, next: pruned, place, managers, id, force, subresource, nowMs });
      return withManagers(pruned, settled);
    },
  };
}

interface Settlement {
  readonly live: JsonObject;
  readonly next: JsonObject;
  readonly place: Place;
  readonly managers: Managers;
  readonly id: ManagerId;
  readonly force: boolean;
  readonly subresource: string;
  readonly nowMs: number;
}

/** @throws StatusError 409 */
function settleConflicts(topology: Topology, settlement: Settlement): Managers {
  const { live, next, place, id, force, subresource, nowMs } = settlement;
  let { managers } = settlement;
  const comparison = compareValues(topology, live, next, place);
  const changed = ownable(comparison.modified.union(comparison.added), subresource);
  const removed = ownable(comparison.removed, subresource);
  const conflicts: Conflict[] = [];
  for (const other of managers.others(id)) {
    const fields = other.fields.intersection(changed);
    if (!fields.isEmpty) conflicts.push({ manager: other.id, fields });
  }
  if (conflicts.length > 0 && !force) {
    const own = placesOfClientSideApply(topology, id.manager, live, place);
    if (own === undefined || !conflicts.every(({ fields }) => fields.difference(own).isEmpty)) {
      throw conflictError(conflicts);
    }
  }
  for (const { manager, fields } of conflicts) {
    managers = managers.with(manager, (managers.get(manager) ?? new FieldSet()).difference(fields), nowMs);
  }
  for (const other of [...managers.others(id)]) {
    managers = managers.with(other.id, other.fields.difference(removed), nowMs);
  }
  return managers;
}

/** As stored; for an object that nobody has applied yet, one manager that owns all of it. */
function managersBefore(
  topology: Topology,
  live: JsonObject,
  place: Place,
  apiVersion: string,
  nowMs: number,
): Managers {
  const managers = Managers.decode(managedFieldsOf(live));
  if (managers.size > 0 || Object.keys(live).length === 0) return managers;
  const id: ManagerId = { manager: BEFORE_FIRST_APPLY, operation: 'Update', apiVersion, subresource: '' };
  return managers.with(id, ownable(fieldsOfValue(topology, live, place), ''), nowMs);
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
function requireAppliable(applied: JsonObject, apiVersion: string): void {
  const given = applied['apiVersion'];
  if (given !== apiVersion) {
    const text = typeof given === 'string' ? given : '';
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${text}, expected: ${apiVersion}`,
    );
  }
  const metadata = applied['metadata'];
  if (isRecord(metadata) && metadata['managedFields'] !== undefined && metadata['managedFields'] !== null) {
    throw badRequest('metadata.managedFields must be nil');
  }
}
