// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- who compiles this file from source needs the types too
/// <reference path="./node-zookeeper-client.d.ts" />
import {
  errorMessage,
  silentLogger,
  systemClock,
  type Clock,
  type Logger,
  type Timer,
} from '@kubernetes-mesos/component-base';
import zookeeper from 'node-zookeeper-client';
import type { MasterDetector } from '../master-detector';
import { LeaderWatch } from './leader-watch';
import { leadingNode, parseMasterInfo } from './zookeeper-leader';

export interface ZooKeeperDetectorOptions {
  /** `host:port` each. */
  readonly servers: readonly string[];
  /** Where the masters register, e.g. `/mesos`. */
  readonly path: string;
  /** `user:password`. */
  readonly auth?: string;
  /** ms; default 10 s, as a master's own session. */
  readonly sessionTimeoutMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

const RETRY_MS = 1000;
/** Without a connection for this long, somebody is told; ms. */
const SILENCE_MS = 5000;

/**
 * Follows the masters' election in ZooKeeper. While ZooKeeper itself does not answer, the last leader stays: a running
 * master needs no ZooKeeper to keep serving.
 */
export class ZooKeeperDetector implements MasterDetector {
  readonly #options: ZooKeeperDetectorOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #watch = new LeaderWatch();
  #client: ReturnType<typeof zookeeper.createClient> | undefined;
  #closed = false;
  /** Runs while there is no connection. */
  #silence: Timer | undefined;
  /** Grows with every look, so that the answer of an older one is dropped. */
  #look = 0;

  constructor(options: ZooKeeperDetectorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#connect();
  }

  leaders(options: { readonly signal: AbortSignal }): AsyncIterable<string | undefined> {
    return this.#watch.changes(options.signal);
  }

  current(options: { readonly signal: AbortSignal }): Promise<string> {
    return this.#watch.first(options.signal);
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#watch.close();
    this.#silence?.cancel();
    this.#dropClient();
    return Promise.resolve();
  }

  #connect(): void {
    if (this.#closed) return;
    const { servers, auth, sessionTimeoutMs = 10_000 } = this.#options;
    const client = zookeeper.createClient(servers.join(','), { sessionTimeout: sessionTimeoutMs, spinDelay: 500 });
    this.#client = client;
    if (auth !== undefined) client.addAuthInfo('digest', Buffer.from(auth, 'utf8'));
    client.on('connected', () => {
      this.#silence?.cancel();
      this.#silence = undefined;
      this.#lookUp();
    });
    client.on('disconnected', () => this.#listenForSilence());
    client.on('expired', () => {
      this.#logger.warn('zookeeper session expired');
      this.#dropClient();
      this.#connect();
    });
    client.on('authenticationFailed', () => this.#logger.error('zookeeper refused the credentials'));
    client.connect();
    this.#listenForSilence();
  }

  /** The client library tries again and again without a word. */
  #listenForSilence(): void {
    if (this.#closed) return;
    this.#silence ??= this.#clock.setTimer(() => {
      const { servers, path } = this.#options;
      this.#logger.warn('zookeeper does not answer, still trying', { zookeeper: servers.join(','), path });
    }, SILENCE_MS);
  }

  #dropClient(): void {
    this.#client?.removeAllListeners();
    this.#client?.close();
    this.#client = undefined;
  }

  /** Reads the smallest node and watches for the next change. */
  #lookUp(): void {
    const client = this.#client;
    if (client === undefined || this.#closed) return;
    this.#look += 1;
    const look = this.#look;
    const again = (): void => {
      if (look === this.#look) this.#lookUp();
    };
    const { path } = this.#options;
    client.getChildren(path, again, (error, children) => {
      if (look !== this.#look) return;
      if (error !== null) {
        this.#failed(error, again);
        return;
      }
      const node = leadingNode(children ?? []);
      if (node === undefined) {
        this.#watch.set(undefined);
        return;
      }
      client.getData(`${path}/${node}`, (dataError, data) => {
        if (look !== this.#look) return;
        // A node that vanished in between also fires the children watch, which looks again.
        if (dataError !== null) this.#failed(dataError, again);
        else this.#leaderRead(node, data ?? Buffer.alloc(0));
      });
    });
  }

  #leaderRead(node: string, data: Buffer): void {
    const leader = parseMasterInfo(data);
    if (leader === undefined) this.#logger.warn('leading master node is not readable', { node });
    else this.#logger.info('leading master detected', { master: leader, node });
    this.#watch.set(leader);
  }

  #failed(error: Error & { readonly code?: number }, again: () => void): void {
    const noNode = error.code === zookeeper.Exception.NO_NODE;
    if (noNode) this.#watch.set(undefined);
    else this.#logger.warn('zookeeper lookup failed', { error: errorMessage(error) });
    this.#clock.setTimer(again, RETRY_MS);
  }
}
