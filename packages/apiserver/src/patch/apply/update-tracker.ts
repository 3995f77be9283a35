import type { KubeObject, ManagedFieldsEntry, SchemaRegistry } from '@kubernetes-mesos/api-types';
import { TypeView } from '../type-view';
import { compareValues } from './compare';
import { FieldSet } from './field-set';
import { Managers, type ManagerId } from './managers';
import { ownable } from './owned-fields';
import { Topology } from './topology';
import { UNKNOWN_MANAGER, untrackedManagers } from './untracked';

/** Who writes. */
export interface Writer {
  /** As the request names it; `''` when it does not. */
  readonly fieldManager: string;
  /** The client's program, which stands for it then. */
  readonly program?: string;
}

/** A write that is no apply. */
export interface TrackedWrite {
  /** `undefined`: the object is new. */
  readonly old: KubeObject | undefined;
  /** As it is about to be stored, but for its managed fields; these are set here. */
  readonly object: KubeObject;
  readonly schema: string;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly writer: Writer;
}

/** Keeps `metadata.managedFields` true when objects are written by other means than apply. */
export interface UpdateTracker {
  track(write: TrackedWrite, nowMs: number): void;
}

/**
 * Whoever changes a place takes it over. An object carries managed fields from the first write on that names its
 * manager; see `untrackedManagers` for what was there before.
 */
export function createUpdateTracker(schemas: SchemaRegistry): UpdateTracker {
  const topology = new Topology(new TypeView(schemas));
  return {
    track: (write, nowMs) => {
      const { old, object, schema, apiVersion, subresource, writer } = write;
      if (isReset(object.metadata.managedFields)) {
        delete object.metadata.managedFields;
        return;
      }
      const place = topology.root(schema);
      const given = givenManagers(write);
      if (given === undefined && writer.fieldManager === '') {
        delete object.metadata.managedFields;
        return;
      }
      const comparison = compareValues(topology, old, object, place);
      const changed = ownable(comparison.modified.union(comparison.added), subresource);
      const removed = comparison.removed;
      if (changed.isEmpty && ownable(removed, subresource).isEmpty) {
        if (given === undefined) delete object.metadata.managedFields;
        else object.metadata.managedFields = [...given.entries];
        return;
      }
      let managers =
        given?.managers ?? (old === undefined ? Managers.NONE : untrackedManagers(topology, old, place, apiVersion));
      const manager = writer.fieldManager || writer.program || UNKNOWN_MANAGER;
      const id: ManagerId = { manager, operation: 'Update', apiVersion, subresource };
      for (const other of [...managers.others(id)]) {
        managers = managers.with(other.id, other.fields.difference(changed).difference(removed));
      }
      const own = (managers.get(id) ?? new FieldSet()).union(changed).difference(removed);
      object.metadata.managedFields = managers
        .with(id, own, changed.isEmpty ? undefined : nowMs)
        .capped()
        .encode();
    },
  };
}

/** What the client sends back counts, so that managed fields can be edited; else what is stored. */
function givenManagers({ old, object }: TrackedWrite): Known | undefined {
  return known(object.metadata.managedFields) ?? known(old?.metadata.managedFields);
}

interface Known {
  readonly entries: readonly ManagedFieldsEntry[];
  readonly managers: Managers;
}

function known(entries: readonly ManagedFieldsEntry[] = []): Known | undefined {
  const managers = Managers.read(entries);
  return managers.size === 0 ? undefined : { entries, managers };
}

/** `managedFields: [{}]` is how a client asks to forget them all. */
function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  const [only] = entries ?? [];
  return entries?.length === 1 && only !== undefined && Object.keys(only).length === 0;
}

/** How a program calls itself: the first part of its User-Agent. */
export function programOf(userAgent: string | undefined): string {
  return (userAgent ?? '').split('/', 1)[0]?.slice(0, 128) ?? '';
}
