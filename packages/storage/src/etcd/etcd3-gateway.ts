import type { ChannelOptions } from '@grpc/grpc-js';
import { noop } from 'cockatiel';
import type * as Etcd3Module from 'etcd3';
import { DEFAULT_CALL_TIMEOUT_MS, DEFAULT_KEEPALIVE, type EtcdConnectionOptions } from './etcd-connection';
import { classifyEtcd3Error } from './etcd3-errors';
import {
  EtcdCallError,
  type Compare,
  type EtcdEvent,
  type EtcdGateway,
  type KeyRange,
  type KeyValue,
  type RangeRequest,
  type RangeResult,
  type TxnOp,
  type TxnRequest,
  type TxnResult,
  type WatchBatch,
  type WatchEnd,
  type WatchRequest,
} from './etcd-gateway';

/**
 * The gateway over the `etcd3` client. Only its call layer is used: its retries are switched off, because they would
 * repeat writes whose outcome is unknown, its circuit breaker too, and watches are driven here, because its own resume
 * at a wrong revision after a second drop. Loads etcd3 (which parses its .proto files) at the first call only.
 */
export async function connectEtcd3(options: EtcdConnectionOptions): Promise<EtcdGateway> {
  const etcd3 = await import('etcd3');
  const { tls, keepalive = DEFAULT_KEEPALIVE, callTimeoutMs = DEFAULT_CALL_TIMEOUT_MS } = options;
  const grpcOptions: ChannelOptions = {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': keepalive.timeMs,
    'grpc.keepalive_timeout_ms': keepalive.timeoutMs,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
  };
  const client = new etcd3.Etcd3({
    hosts: options.endpoints.map(withoutPath),
    grpcOptions,
    faultHandling: { host: () => noop, global: noop },
    ...(tls === undefined
      ? {}
      : {
          credentials: {
            rootCertificate: tls.ca,
            ...(tls.key === undefined ? {} : { privateKey: tls.key }),
            ...(tls.cert === undefined ? {} : { certChain: tls.cert }),
          },
        }),
  });
  return new Etcd3Gateway(client, callTimeoutMs);
}

class Etcd3Gateway implements EtcdGateway {
  readonly #client: Etcd3Module.Etcd3;
  readonly #callTimeoutMs: number;

  constructor(client: Etcd3Module.Etcd3, callTimeoutMs: number) {
    this.#client = client;
    this.#callTimeoutMs = callTimeoutMs;
  }

  async range(request: RangeRequest): Promise<RangeResult> {
    const response = await this.#call((options) =>
      this.#client.kv.range(
        {
          ...wireRange(request),
          ...(request.limit === undefined ? {} : { limit: request.limit }),
          ...(request.revision === undefined ? {} : { revision: request.revision }),
          ...(request.countOnly === true ? { count_only: true } : {}),
        },
        options,
      ),
    );
    return {
      revision: Number(response.header.revision),
      entries: response.kvs.map(keyValue),
      more: response.more,
    };
  }

  async txn(request: TxnRequest): Promise<TxnResult> {
    const response = await this.#call((options) => this.#client.kv.txn(wireTxn(request), options));
    return {
      revision: Number(response.header.revision),
      succeeded: response.succeeded,
      // With `oneofs`, members that are not set are absent, whatever etcd3's types say.
      entries: response.responses.map((each) => {
        const range = each.response_range as Etcd3Module.IRangeResponse | undefined;
        return range === undefined || range === null ? [] : range.kvs.map(keyValue);
      }),
      nested: response.responses.map((each) => {
        const txn = each.response_txn as Etcd3Module.ITxnResponse | undefined;
        return txn?.succeeded === true;
      }),
    };
  }

  async watch(request: WatchRequest, onEvents: (batch: WatchBatch) => void, signal: AbortSignal): Promise<WatchEnd> {
    if (signal.aborted) return { reason: 'aborted' };
    let stream: Awaited<ReturnType<Etcd3Module.WatchClient['watch']>>;
    try {
      stream = await this.#client.watchClient.watch();
    } catch (error) {
      return { reason: 'broken', error: classifyEtcd3Error(error) };
    }
    return new Promise<WatchEnd>((resolve) => {
      let ended = false;
      const finish = (end: WatchEnd): void => {
        if (ended) return;
        ended = true;
        signal.removeEventListener('abort', onAbort);
        stream.cancel();
        resolve(end);
      };
      const onAbort = (): void => finish({ reason: 'aborted' });
      signal.addEventListener('abort', onAbort, { once: true });
      stream.on('error', (error) => finish({ reason: 'broken', error: classifyEtcd3Error(error) }));
      stream.on('end', () => finish({ reason: 'broken', error: new EtcdCallError('unknown', 'etcd ended the watch') }));
      stream.on('data', (response) => {
        if (ended) return;
        if (response.canceled) {
          finish(watchCancelled(response));
          return;
        }
        try {
          if (response.created) request.onCreated?.(Number(response.header.revision));
          if (response.events.length > 0) onEvents(watchBatch(response));
        } catch (error) {
          finish({ reason: 'broken', error: error instanceof Error ? error : new Error(String(error)) });
        }
      });
      stream.write({ create_request: { ...wireRange(request), start_revision: request.fromRevision } });
      if (signal.aborted) onAbort();
    });
  }

  async compact(revision: number): Promise<void> {
    await this.#call((options) => this.#client.kv.compact({ revision }, options));
  }

  async grantLease(ttlSeconds: number): Promise<string> {
    const response = await this.#call((options) => this.#client.leaseClient.leaseGrant({ TTL: ttlSeconds }, options));
    return response.ID;
  }

  async renewLease(id: string): Promise<number> {
    const stream = await this.#call((options) => this.#client.leaseClient.leaseKeepAlive(options));
    return new Promise<number>((resolve, reject) => {
      stream.on('data', (response) => {
        resolve(Number(response.TTL));
        stream.end();
      });
      stream.on('error', (error) => reject(classifyEtcd3Error(error)));
      stream.on('end', () => reject(new EtcdCallError('unknown', 'etcd ended the lease renewal')));
      stream.write({ ID: id });
    });
  }

  async revokeLease(id: string): Promise<void> {
    try {
      await this.#call((options) => this.#client.leaseClient.leaseRevoke({ ID: id }, options));
    } catch (error) {
      if (!(error instanceof EtcdCallError && error.kind === 'leaseNotFound')) throw error;
    }
  }

  close(): void {
    this.#client.close();
  }

  async #call<T>(run: (options: { readonly deadline: number }) => Promise<T>): Promise<T> {
    try {
      return await run({ deadline: Date.now() + this.#callTimeoutMs });
    } catch (error) {
      throw classifyEtcd3Error(error);
    }
  }
}

/** grpc-js takes a path for a part of the host. */
function withoutPath(endpoint: string): string {
  return endpoint.replace(/^(https?:\/\/)?([^/]*).*$/, '$1$2');
}

function wireRange(range: KeyRange): { key: Buffer; range_end?: Buffer } {
  const key = Buffer.from(range.key);
  return range.end === undefined ? { key } : { key, range_end: Buffer.from(range.end) };
}

/** etcd3's enums as numbers, so that its module is not loaded for them: `CompareResult.Equal`, `CompareTarget`. */
const EQUAL = 0;
const TARGETS = { version: 0, createRevision: 1, modRevision: 2 } as const;

function wireCompare({ key, target, value }: Compare): Etcd3Module.ICompare {
  const common = { key: Buffer.from(key), result: EQUAL, target: TARGETS[target] };
  switch (target) {
    case 'version':
      return { ...common, version: value };
    case 'createRevision':
      return { ...common, create_revision: value };
    case 'modRevision':
      return { ...common, mod_revision: value };
  }
}

function wireTxn({ compare, success, failure }: TxnRequest): Etcd3Module.ITxnRequest {
  return { compare: compare.map(wireCompare), success: success.map(wireOp), failure: failure.map(wireOp) };
}

function wireOp(op: TxnOp): Etcd3Module.IRequestOp {
  if (op.op === 'txn') return { request_txn: wireTxn(op.txn) };
  const key = Buffer.from(op.key);
  switch (op.op) {
    case 'put':
      return { request_put: { key, value: op.value, ...(op.lease === undefined ? {} : { lease: op.lease }) } };
    case 'delete':
      return { request_delete_range: { key } };
    case 'get':
      return { request_range: { key, keys_only: op.keysOnly === true } };
  }
}

function keyValue(kv: Etcd3Module.IKeyValue): KeyValue {
  return {
    key: kv.key.toString(),
    value: kv.value,
    createRevision: Number(kv.create_revision),
    modRevision: Number(kv.mod_revision),
    version: Number(kv.version),
  };
}

function watchCancelled(response: Etcd3Module.IWatchResponse): WatchEnd {
  const compactRevision = Number(response.compact_revision);
  if (compactRevision > 0) return { reason: 'compacted', compactRevision };
  return {
    reason: 'broken',
    error: new EtcdCallError('unknown', `etcd cancelled the watch: ${response.cancel_reason}`),
  };
}

function watchBatch(response: Etcd3Module.IWatchResponse): WatchBatch {
  const events = response.events.map(etcdEvent);
  const last = events[events.length - 1];
  return { revision: last === undefined ? Number(response.header.revision) : last.revision, events };
}

function etcdEvent({ type, kv }: Etcd3Module.IEvent): EtcdEvent {
  const key = kv.key.toString();
  const revision = Number(kv.mod_revision);
  return type === 'Put' ? { type: 'put', key, revision, value: kv.value } : { type: 'delete', key, revision };
}
