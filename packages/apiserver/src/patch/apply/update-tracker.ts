import type { KubeObject, ManagedFieldsEntry, SchemaRegistry } from '@kubernetes-mesos/api-types';
import { TypeView } from '../type-view';
import { compareValues } from './compare';
import { FieldSet } from './field-set';
import { Managers, type ManagerId } from './managers';
import { ownable } from './owned-fields';
import { Topology } from './topology';

/** A write that is no apply. */
export interface TrackedWrite {
  readonly old: KubeObject;
  /** As it is about to be stored, but for its managed fields; these are set here. */
  readonly object: KubeObject;
  readonly schema: string;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly manager: string;
}

/** Keeps `metadata.managedFields` true when objects that were applied once are written by other means. */
export interface UpdateTracker {
  track(write: TrackedWrite, nowMs: number): void;
}

/**
 * Whoever changes a place takes it over. Objects that were never applied carry no managed fields, which keeps plain
 * writes and stored objects small; the first apply credits all that is there to `before-first-apply`.
 */
export function createUpdateTracker(schemas: SchemaRegistry): UpdateTracker {
  const topology = new Topology(new TypeView(schemas));
  return {
    track: ({ old, object, schema, apiVersion, subresource, manager }, nowMs) => {
      if (isReset(object.metadata.managedFields)) {
        delete object.metadata.managedFields;
        return;
      }
      // What the client sends back counts, so that managed fields can be edited; else what is stored.
      const given = object.metadata.managedFields ?? [];
      const entries = given.length > 0 ? given : (old.metadata.managedFields ?? []);
      if (entries.length === 0) {
        delete object.metadata.managedFields;
        return;
      }
      const comparison = compareValues(topology, old, object, topology.root(schema));
      const changed = ownable(comparison.modified.union(comparison.added), subresource);
      const removed = ownable(comparison.removed, subresource);
      let managers = Managers.decode(entries);
      if (changed.isEmpty && removed.isEmpty) {
        object.metadata.managedFields = [...entries];
        return;
      }
      const id: ManagerId = { manager, operation: 'Update', apiVersion, subresource };
      for (const other of [...managers.others(id)]) {
        managers = managers.with(other.id, other.fields.difference(changed).difference(removed), nowMs);
      }
      const own = (managers.get(id) ?? new FieldSet()).union(changed).difference(removed);
      object.metadata.managedFields = managers.with(id, own, nowMs).encode();
    },
  };
}

/** `managedFields: [{}]` is how a client asks to forget them all. */
function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  const [only] = entries ?? [];
  return entries?.length === 1 && only !== undefined && Object.keys(only).length === 0;
}

/** The manager of a write that names none: the client's program. */
export function managerOfUserAgent(userAgent: string | undefined): string {
  const program = (userAgent ?? '').split('/', 1)[0] ?? '';
  return program === '' ? 'unknown' : program.slice(0, 128);
}
