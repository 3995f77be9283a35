import type { ExecutorRecord } from '../tasks/executor-catalog';

/** Where the records of executors outlive the scheduler, so that the next one can use those that run. */
export interface ExecutorRecordStore {
  /** Waits for the store. None where there are none that can be read. @throws the signal's reason */
  load(signal: AbortSignal): Promise<readonly ExecutorRecord[]>;
  /** @throws when the store is away */
  save(records: readonly ExecutorRecord[]): Promise<void>;
}

/** Those of a stored list that are whole; what an unknown version wrote is passed over. */
export function parseExecutorRecords(text: string | undefined): readonly ExecutorRecord[] {
  if (text === undefined) return [];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function isRecord(value: unknown): value is ExecutorRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, likeness, command, resources } = value as Partial<Record<keyof ExecutorRecord, unknown>>;
  return (
    typeof id === 'string' &&
    typeof likeness === 'string' &&
    typeof command === 'object' &&
    command !== null &&
    Array.isArray(resources)
  );
}
