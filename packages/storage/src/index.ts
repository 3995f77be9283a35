export type {
  ListSnapshot,
  ObjectKey,
  ReadConsistency,
  ResourceStore,
  Storage,
  StoredObject,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './resource-store';
export {
  CompactedError,
  KeyExistsError,
  KeyNotFoundError,
  RevisionConflictError,
  RevisionTooLargeError,
  StorageUnavailableError,
  WatchOverflowError,
} from './errors';
