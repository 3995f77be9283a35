export type {
  ListSnapshot,
  ObjectKey,
  ReadConsistency,
  ResourceStore,
  Storage,
  StoredObject,
  WatchEvent,
  WatchOptions,
  WriteGuard,
  WriteOptions,
} from './resource-store';
export {
  CompactedError,
  GuardMovedError,
  KeyExistsError,
  KeyNotFoundError,
  ObjectTooLargeError,
  RevisionConflictError,
  RevisionTooLargeError,
  StorageUnavailableError,
  WatchOverflowError,
} from './errors';
export { commitsBetween, etcdRevisionOf, revisionBefore } from './codec/revision';
export { createStorage, type StorageOptions } from './create-storage';
export type { EtcdConnectionOptions, EtcdTlsOptions } from './etcd/etcd-connection';
export type { ObjectEncoder } from './codec/object-codec';
export { connectCoordination, type Coordination, type CoordinationOptions } from './coordination';
export type { Fence, LeaderElection, LeaderElectionOptions, Leadership } from './leader-election';
export { FencedError, type KeyValueStore, type PutOptions } from './key-value-store';
