import { systemClock, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import type { EtcdConnectionOptions } from './etcd/etcd-connection';
import { connectEtcd3 } from './etcd/etcd3-gateway';
import { EtcdKeyValueStore, type KeyValueStore } from './key-value-store';
import { EtcdLeaderElection, type LeaderElection, type LeaderElectionOptions } from './leader-election';

export interface CoordinationOptions extends EtcdConnectionOptions {
  readonly logger: Logger;
  readonly clock?: Clock;
  /** How long a call tries to get through to etcd, ms. Default 10,000. Campaigns try for ever. */
  readonly requestTimeoutMs?: number;
}

/** What processes that run several times need of etcd: one of them leads, and they remember a few values. */
export interface Coordination {
  election(options: LeaderElectionOptions): LeaderElection;
  /** Keys get `prefix` before them. */
  keyValues(prefix: string): KeyValueStore;
  /** Resign first. */
  close(): void;
}

const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;

/** Does not wait for etcd: that is up to the calls. */
export async function connectCoordination(options: CoordinationOptions): Promise<Coordination> {
  const { logger, clock = systemClock, requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS } = options;
  const parts = { logger, clock, requestTimeoutMs };
  const gateway = await connectEtcd3(options);
  return {
    election: (election) => new EtcdLeaderElection(gateway, election, parts),
    keyValues: (prefix) => new EtcdKeyValueStore(gateway, prefix, parts),
    close: () => gateway.close(),
  };
}
