import { formatTime, type ManagedFieldsEntry } from '@kubernetes-mesos/api-types';
import { FieldSet, FieldsSyntaxError } from './field-set';

/** Who owns a set of places, by which kind of write. */
export interface ManagerId {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** `''` for the object itself. */
  readonly subresource: string;
}

export interface Manager {
  readonly id: ManagerId;
  readonly fields: FieldSet;
  /** RFC 3339; when the set last changed. */
  readonly time: string | undefined;
}

/** Managers by other means than apply that an object may have before the oldest are joined, as upstream. */
const MAX_UPDATERS = 10;
const ANCIENT = 'ancient-changes';

/** All managers of one object, by identity. Immutable. */
export class Managers {
  readonly #managers: ReadonlyMap<string, Manager>;

  private constructor(managers: ReadonlyMap<string, Manager>) {
    this.#managers = managers;
  }

  static readonly NONE = new Managers(new Map());

  /** Reads `metadata.managedFields`; none when they make no sense, as anybody may write them. */
  static read(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
    try {
      return Managers.#decode(entries);
    } catch (error) {
      if (error instanceof FieldsSyntaxError) return Managers.NONE;
      throw error;
    }
  }

  /** Entries in a format that is not known are left out. @throws FieldsSyntaxError */
  static #decode(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
    const managers = new Map<string, Manager>();
    for (const entry of entries ?? []) {
      if (entry.fieldsType !== 'FieldsV1') continue;
      const id: ManagerId = {
        manager: entry.manager ?? '',
        operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
        apiVersion: entry.apiVersion ?? '',
        subresource: entry.subresource ?? '',
      };
      const present = managers.get(keyOf(id));
      const fields = FieldSet.fromFields(entry.fieldsV1);
      managers.set(keyOf(id), {
        id,
        fields: present === undefined ? fields : present.fields.union(fields),
        time: entry.time,
      });
    }
    return new Managers(managers);
  }

  get size(): number {
    return this.#managers.size;
  }

  get(id: ManagerId): FieldSet | undefined {
    return this.#managers.get(keyOf(id))?.fields;
  }

  /** All but one. */
  *others(id: ManagerId): Generator<Manager> {
    for (const [key, manager] of this.#managers) if (key !== keyOf(id)) yield manager;
  }

  /** Everything that anybody owns. */
  all(): FieldSet {
    let all = new FieldSet();
    for (const { fields } of this.#managers.values()) all = all.union(fields);
    return all;
  }

  /**
   * With one manager's set; an empty set takes it out.
   * @param nowMs of the manager's own write; absent: the set changes by another's, and its time stays
   */
  with(id: ManagerId, fields: FieldSet, nowMs?: number): Managers {
    const key = keyOf(id);
    const present = this.#managers.get(key);
    if (present === undefined && fields.isEmpty) return this;
    const managers = new Map(this.#managers);
    if (fields.isEmpty) managers.delete(key);
    else managers.set(key, { id, fields, time: nowMs === undefined ? present?.time : formatTime(nowMs) });
    return new Managers(managers);
  }

  /**
   * With no more than ten managers that are no appliers: the oldest become one for each version, so that a stream of
   * writers with names of their own does not make an object grow without bound.
   */
  capped(): Managers {
    const updaters = [...this.#managers.values()].filter(({ id }) => id.operation === 'Update').sort(compare);
    let excess = updaters.length - MAX_UPDATERS;
    if (excess <= 0) return this;
    const managers = new Map(this.#managers);
    const firstOf = new Map<string, Manager>();
    for (const updater of updaters) {
      if (excess <= 0) break;
      const { apiVersion } = updater.id;
      const first = firstOf.get(apiVersion);
      if (first === undefined) {
        firstOf.set(apiVersion, updater);
        continue;
      }
      const id: ManagerId = { manager: ANCIENT, operation: 'Update', apiVersion, subresource: '' };
      managers.delete(keyOf(first.id));
      managers.delete(keyOf(updater.id));
      const bucket = { id, fields: first.fields.union(updater.fields), time: updater.time };
      managers.set(keyOf(id), bucket);
      firstOf.set(apiVersion, bucket);
      excess -= 1;
    }
    return new Managers(managers);
  }

  /** `metadata.managedFields`: applied ones first, then by time and name, as upstream sorts them. */
  encode(): ManagedFieldsEntry[] {
    return [...this.#managers.values()].sort(compare).map(({ id, fields, time }) => ({
      manager: id.manager,
      operation: id.operation,
      apiVersion: id.apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: fields.toFields(),
      ...(id.subresource === '' ? {} : { subresource: id.subresource }),
    }));
  }
}

function keyOf({ manager, operation, apiVersion, subresource }: ManagerId): string {
  return `${operation}|${apiVersion}|${subresource}|${manager}`;
}

function compare(a: Manager, b: Manager): number {
  return (
    compareText(a.id.operation, b.id.operation) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.id.manager, b.id.manager) ||
    compareText(a.id.apiVersion, b.id.apiVersion) ||
    compareText(a.id.subresource, b.id.subresource)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
