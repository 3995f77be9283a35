import { Channel, type GrpcMethod } from '../grpc/channel';
import { parseEndpoint } from '../grpc/endpoint';
import { GrpcError } from '../grpc/grpc-error';
import { StreamingCall } from '../grpc/streaming-call';
import { callUnary } from '../grpc/unary-call';
import { ScratchBuffers } from '../http2/scratch-buffers';
import { DEFAULT_CALL_TIMEOUT_MS, DEFAULT_KEEPALIVE, type EtcdConnectionOptions } from './etcd-connection';
import { kindOfStatus } from './etcd-errors';
import {
  EtcdCallError,
  type EtcdGateway,
  type RangeRequest,
  type RangeResult,
  type TxnRequest,
  type TxnResult,
  type WatchBatch,
  type WatchEnd,
  type WatchRequest,
} from './etcd-gateway';
import {
  encodeCompact,
  encodeLeaseGrant,
  encodeLeaseId,
  encodeRange,
  encodeTxn,
  sizeOfTxn,
  encodeWatchCreate,
} from './wire/requests';
import {
  decodeLeaseGrant,
  decodeLeaseKeepAlive,
  decodeRange,
  decodeTxn,
  decodeWatch,
  type WatchResponse,
} from './wire/responses';
import { WholeRevisions } from './whole-revisions';

/** etcd ends a watch when its member loses the leader, instead of leaving it silent. */
const WATCH: GrpcMethod = { path: '/etcdserverpb.Watch/Watch', metadata: [['hasleader', 'true']] };

/**
 * The gateway over a gRPC client of our own, made for few kinds of calls in great number: a call costs a small part of
 * what it costs through grpc-js. Nothing is repeated here. Does not wait for etcd.
 */
export class DirectGateway implements EtcdGateway {
  readonly #channel: Channel;
  readonly #buffers = new ScratchBuffers();
  readonly #timeoutMs: number;
  readonly #methods: Readonly<
    Record<'range' | 'txn' | 'compact' | 'leaseGrant' | 'leaseRevoke' | 'leaseKeepAlive', GrpcMethod>
  >;

  /** @throws TypeError for an endpoint that is none */
  constructor(options: EtcdConnectionOptions) {
    const { tls, keepalive = DEFAULT_KEEPALIVE, callTimeoutMs: timeoutMs = DEFAULT_CALL_TIMEOUT_MS } = options;
    const endpoints = options.endpoints.map((text) => parseEndpoint(text, tls !== undefined));
    if (endpoints.length === 0) throw new TypeError('no endpoint of etcd');
    // Of several endpoints, each gets its part of the time that the first call has.
    this.#channel = new Channel({
      endpoints,
      tls: tls ?? {},
      keepalive,
      connectTimeoutMs: timeoutMs / endpoints.length,
      buffers: this.#buffers,
    });
    this.#timeoutMs = timeoutMs;
    this.#methods = {
      range: { path: '/etcdserverpb.KV/Range', timeoutMs },
      txn: { path: '/etcdserverpb.KV/Txn', timeoutMs },
      compact: { path: '/etcdserverpb.KV/Compact', timeoutMs },
      leaseGrant: { path: '/etcdserverpb.Lease/LeaseGrant', timeoutMs },
      leaseRevoke: { path: '/etcdserverpb.Lease/LeaseRevoke', timeoutMs },
      leaseKeepAlive: { path: '/etcdserverpb.Lease/LeaseKeepAlive', timeoutMs },
    };
  }

  async range(request: RangeRequest): Promise<RangeResult> {
    return this.#call(this.#methods.range, encodeRange(request), decodeRange);
  }

  async txn(request: TxnRequest): Promise<TxnResult> {
    const room = this.#buffers.take(sizeOfTxn(request));
    try {
      return await this.#call(this.#methods.txn, encodeTxn(request, room), decodeTxn);
    } finally {
      // Once a call is over, its connection has no more use for the message.
      this.#buffers.giveBack(room);
    }
  }

  watch(request: WatchRequest, onEvents: (batch: WatchBatch) => void, signal: AbortSignal): Promise<WatchEnd> {
    if (signal.aborted) return Promise.resolve({ reason: 'aborted' });
    return new Promise((resolve) => {
      const revisions = new WholeRevisions();
      const finish = (end: WatchEnd): void => {
        signal.removeEventListener('abort', onAbort);
        call.cancel();
        resolve(end);
      };
      const onAbort = (): void => finish({ reason: 'aborted' });
      const call = new StreamingCall(
        this.#channel,
        { method: WATCH, message: encodeWatchCreate(request) },
        {
          onMessage: (message) => {
            const response = decodeWatch(message);
            if (response.canceled) {
              finish(cancelled(response));
              return;
            }
            if (response.created) request.onCreated?.(response.revision);
            const batch = revisions.add(response.events, response.fragment);
            if (batch !== undefined) onEvents(batch);
          },
          onEnd: (error) => finish({ reason: 'broken', error: this.#errorOf(error) }),
        },
      );
      signal.addEventListener('abort', onAbort, { once: true });
      call.start();
    });
  }

  async compact(revision: number): Promise<void> {
    await this.#call(this.#methods.compact, encodeCompact(revision), () => undefined);
  }

  async grantLease(ttlSeconds: number): Promise<string> {
    return this.#call(this.#methods.leaseGrant, encodeLeaseGrant(ttlSeconds), decodeLeaseGrant);
  }

  /** A stream to etcd, which answers each of its messages by one: of one message, it is a plain call. */
  async renewLease(id: string): Promise<number> {
    return this.#call(this.#methods.leaseKeepAlive, encodeLeaseId(id), decodeLeaseKeepAlive);
  }

  async revokeLease(id: string): Promise<void> {
    try {
      await this.#call(this.#methods.leaseRevoke, encodeLeaseId(id), () => undefined);
    } catch (error) {
      if (!(error instanceof EtcdCallError && error.kind === 'leaseNotFound')) throw error;
    }
  }

  close(): void {
    this.#channel.close();
  }

  async #call<T>(method: GrpcMethod, message: Buffer, decode: (message: Buffer) => T): Promise<T> {
    try {
      return decode(await callUnary(this.#channel, { method, message, timeoutMs: this.#timeoutMs }));
    } catch (error) {
      throw this.#errorOf(error);
    }
  }

  /** What an error says about the fate of the call. */
  #errorOf(error: unknown): EtcdCallError {
    if (error instanceof EtcdCallError) return error;
    const cause = error instanceof Error ? error : new Error(String(error));
    if (!(cause instanceof GrpcError)) return new EtcdCallError('unknown', cause.message, { cause });
    if (cause.maybeProcessed)
      return new EtcdCallError(kindOfStatus(cause.code, cause.message), cause.message, { cause });
    // Nothing happened; and nothing will, once this is closed.
    return new EtcdCallError(this.#channel.isClosed ? 'rejected' : 'notSent', cause.message, { cause });
  }
}

function cancelled({ compactRevision, cancelReason }: WatchResponse): WatchEnd {
  if (compactRevision > 0) return { reason: 'compacted', compactRevision };
  return { reason: 'broken', error: new EtcdCallError('unknown', `etcd cancelled the watch: ${cancelReason}`) };
}
