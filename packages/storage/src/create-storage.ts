import { systemClock, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { CacheFeeder } from './cache/cache-feeder';
import { Consistency } from './cache/consistency';
import { WatchCache } from './cache/watch-cache';
import type { ObjectEncoder } from './codec/object-codec';
import { WriteIds } from './codec/write-id';
import { Compactor } from './compactor';
import { DirectGateway } from './etcd/direct-gateway';
import type { EtcdConnectionOptions } from './etcd/etcd-connection';
import type { EtcdGateway } from './etcd/etcd-gateway';
import { EtcdStorage } from './etcd-storage';
import { KeyLayout } from './key-layout';
import type { Storage } from './resource-store';
import { GroupCommitter } from './write/group-committer';
import { LeasePool } from './write/lease-pool';
import { ObjectWriter } from './write/object-writer';
import { PendingWrites } from './write/own-writes';

export interface StorageOptions extends EtcdConnectionOptions {
  /** Where objects are in etcd. Default `/registry`. */
  readonly prefix?: string;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Default: `JSON.stringify`. */
  readonly encoder?: ObjectEncoder;
  /** Events kept per resource for watches and lists of the past. Default 8,192. */
  readonly historyLimit?: number;
  /** Revisions of history read again at start, so that watches from before a restart can go on. Default 1,000. */
  readonly replayRevisions?: number;
  /** Between two compactions of etcd, ms; 0 for never. Default five minutes. */
  readonly compactionIntervalMs?: number;
  /** How long one operation tries to get through to etcd, ms. Default 10,000. */
  readonly requestTimeoutMs?: number;
}

const DEFAULTS = {
  prefix: '/registry',
  historyLimit: 8_192,
  replayRevisions: 1_000,
  compactionIntervalMs: 300_000,
  requestTimeoutMs: 10_000,
} as const;

const plainEncoder: ObjectEncoder = { encode: (object) => JSON.stringify(object) };

/**
 * Objects in etcd. Returns at once, also when etcd is not there yet: it is tried for as long as the storage is open, and
 * `ready()` resolves when its objects are read.
 */
export async function createStorage(options: StorageOptions): Promise<Storage> {
  return assembleStorage(new DirectGateway(options), options);
}

/** The same over a connection that is there already. */
export function assembleStorage(gateway: EtcdGateway, options: StorageOptions): Storage {
  const { logger, clock = systemClock, encoder = plainEncoder, endpoints } = options;
  const requestTimeoutMs = options.requestTimeoutMs ?? DEFAULTS.requestTimeoutMs;
  const compactionIntervalMs = options.compactionIntervalMs ?? DEFAULTS.compactionIntervalMs;
  const layout = new KeyLayout(options.prefix ?? DEFAULTS.prefix);
  const { root } = layout;
  const pending = new PendingWrites();
  const historyLimit = options.historyLimit ?? DEFAULTS.historyLimit;
  const cache = new WatchCache({ layout, historyLimit, ownWrites: pending, logger, clock });
  const replayRevisions = options.replayRevisions ?? DEFAULTS.replayRevisions;
  const feeder = new CacheFeeder({ gateway, cache, root, replayRevisions, endpoints, logger, clock });
  const consistency = new Consistency({ gateway, cache, feeder, root, requestTimeoutMs, clock });
  const writer = new ObjectWriter({
    committer: new GroupCommitter(gateway),
    pending,
    leases: new LeasePool(gateway, clock),
    consistency,
    requestTimeoutMs,
    clock,
  });
  const compactor =
    compactionIntervalMs > 0 ? new Compactor({ gateway, logger, clock, intervalMs: compactionIntervalMs }) : undefined;
  const parts = {
    gateway,
    cache,
    feeder,
    consistency,
    writer,
    layout,
    encoder,
    writeIds: new WriteIds(),
    compactor,
    clock,
    requestTimeoutMs,
  };
  feeder.start();
  compactor?.start();
  return new EtcdStorage(parts);
}
