import { Backoff, silentLogger, systemClock, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import {
  checkedSchedulerEvent,
  isMediaType,
  PROTOBUF_MEDIA_TYPE,
  schedulerCallCodec,
  schedulerEventCodec,
  type MediaType,
} from './codec';
import { CallRejectedError, FrameworkRefusedError, MasterUnavailableError, NotSubscribedError } from './errors';
import { EventQueue } from './event-queue';
import { ApiConnection, isStream, type ApiAnswer, type ApiStream } from './http/connection';
import type { Credentials } from './http/credentials';
import { MAX_REDIRECTS, redirectTarget } from './http/redirect';
import { Watchdog } from './http/watchdog';
import type { MasterDetector } from './master-detector';
import type { FrameworkInfo, SchedulerCall, SchedulerEvent } from './messages';
import { readRecords, streamEndReason } from './recordio';
import type { ConnectionEvent, SchedulerClient } from './scheduler-client';

export interface SchedulerClientOptions {
  /** Who leads. Not closed by the client. */
  readonly detector: MasterDetector;
  /** With `id` when the framework has registered before. */
  readonly framework: FrameworkInfo;
  /** Roles that start suppressed; read at every subscription, which would otherwise end suppression. */
  readonly suppressedRoles?: () => readonly string[];
  readonly credentials?: Credentials;
  /** Encoding on the wire. Default protobuf; JSON is for reading along. */
  readonly mediaType?: MediaType;
  /** Between subscriptions, ms. Default 250 to 15 s. */
  readonly backoff?: { readonly initialMs: number; readonly maxMs: number };
  /** So many heartbeats may be missed before the connection counts as dead. Default 5. */
  readonly missedHeartbeats?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

const API_PATH = '/api/v1/scheduler';
const DEFAULT_HEARTBEAT_MS = 15_000;
/** A subscription that lived as long as this was a good one: the next back-off starts anew. */
const GOOD_SUBSCRIPTION_MS = 10_000;

/** Calls that mean the same in any order, and when they are repeated. A MESSAGE may be lost, as ever, but not doubled. */
const UNORDERED_CALLS = new Set<SchedulerCall['type']>(['ACKNOWLEDGE', 'RECONCILE']);

/** Starts to subscribe at once. */
export function createSchedulerClient(options: SchedulerClientOptions): SchedulerClient {
  return new HttpSchedulerClient(options);
}

type State =
  | { readonly phase: 'disconnected' }
  | { readonly phase: 'subscribed'; readonly subscription: Subscription }
  | { readonly phase: 'closed' };

interface Subscription {
  readonly connection: ApiConnection;
  readonly streamId: string;
  /** Ends the stream; the text says why. */
  readonly drop: (reason: string) => void;
}

class HttpSchedulerClient implements SchedulerClient {
  readonly #options: SchedulerClientOptions;
  readonly #mediaType: MediaType;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #queue = new EventQueue<SchedulerEvent | ConnectionEvent>();
  readonly #closing = new AbortController();
  readonly #loop: Promise<void>;
  #framework: FrameworkInfo;
  #state: State = { phase: 'disconnected' };

  constructor(options: SchedulerClientOptions) {
    this.#options = options;
    this.#mediaType = options.mediaType ?? PROTOBUF_MEDIA_TYPE;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#framework = options.framework;
    this.#loop = this.#run();
  }

  get framework(): FrameworkInfo {
    return this.#framework;
  }

  events(): AsyncIterable<SchedulerEvent | ConnectionEvent> {
    return this.#queue;
  }

  async call(call: SchedulerCall): Promise<void> {
    const state = this.#state;
    const { id } = this.#framework;
    if (state.phase !== 'subscribed' || id === undefined) {
      throw new NotSubscribedError(`${call.type}: not subscribed to a Mesos master`);
    }
    const { connection, streamId, drop } = state.subscription;
    const body = schedulerCallCodec.encode({ ...call, framework_id: id }, this.#mediaType);
    let answer: ApiAnswer;
    try {
      const order = mayOvertake(call.type, connection) ? 'any' : 'ordered';
      answer = await connection.call({ body, contentType: this.#mediaType, streamId }, order);
    } catch (error) {
      drop(`a call failed: ${streamEndReason(error)}`);
      throw new MasterUnavailableError(`${call.type}: the connection to the Mesos master broke`, { cause: error });
    }
    if (answer.status === 202 || answer.status === 200) return;
    if (endsSubscription(answer)) {
      drop(`the master answered ${answer.status} to ${call.type}: ${answer.text}`);
      throw new NotSubscribedError(`${call.type}: the subscription is no longer valid: ${answer.text}`);
    }
    throw new CallRejectedError(call.type, answer.status, answer.text);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the scheduler client was closed'));
    await this.#loop;
  }

  /** One subscription after another, until closed or refused. */
  async #run(): Promise<void> {
    const backoff = new Backoff(this.#options.backoff ?? { initialMs: 250, maxMs: 15_000 });
    const { signal } = this.#closing;
    try {
      while (!signal.aborted) {
        const startedAt = this.#clock.monotonic();
        const reason = await this.#subscribeOnce(signal);
        if (signal.aborted) break;
        if (this.#clock.monotonic() - startedAt >= GOOD_SUBSCRIPTION_MS) backoff.reset();
        const delayMs = Math.round(backoff.next());
        this.#logger.warn('not subscribed to mesos, will retry', { reason, delayMs });
        await this.#clock.sleep(delayMs, { signal });
      }
    } catch (error) {
      if (!signal.aborted) this.#queue.end(error);
    } finally {
      this.#state = { phase: 'closed' };
      this.#queue.end();
    }
  }

  /** Runs one subscription to its end. @returns why there is none (any more). @throws FrameworkRefusedError */
  async #subscribeOnce(closing: AbortSignal): Promise<string> {
    const dropping = new AbortController();
    const signal = AbortSignal.any([closing, dropping.signal]);
    let dropReason: string | undefined;
    const drop = (reason: string): void => {
      dropReason ??= reason;
      dropping.abort(new Error(reason));
    };
    let connection: ApiConnection | undefined;
    let connected = false;
    const watchdog = new Watchdog(this.#clock, this.#silenceLimit(DEFAULT_HEARTBEAT_MS), (silentMs) =>
      drop(`no event for ${Math.round(silentMs / 1000)} s`),
    );
    try {
      const opened = await this.#open(signal);
      if ('reason' in opened) return opened.reason;
      connection = opened.connection;
      const { stream, master } = opened;
      const mediaType = isMediaType(stream.contentType) ? stream.contentType : this.#mediaType;
      const subscription: Subscription = { connection, streamId: stream.streamId ?? '', drop };
      for await (const records of readRecords(stream.body)) {
        watchdog.feed();
        for (const record of records) {
          if (record.length === 0) continue;
          const event = checkedSchedulerEvent(schedulerEventCodec.decode(record, mediaType));
          if (event.type === 'ERROR') throw new FrameworkRefusedError(event.error.message);
          if (event.type === 'SUBSCRIBED') {
            this.#accepted(event.subscribed.framework_id.value);
            const interval = event.subscribed.heartbeat_interval_seconds;
            if (interval !== undefined && interval > 0) watchdog.setLimit(this.#silenceLimit(interval * 1000));
            connected = true;
            this.#state = { phase: 'subscribed', subscription };
            this.#queue.push({ type: 'CONNECTED', master });
          }
          this.#queue.push(event);
        }
      }
      return dropReason ?? streamEndReason(undefined);
    } catch (error) {
      if (error instanceof FrameworkRefusedError) throw error;
      return dropReason ?? streamEndReason(error);
    } finally {
      watchdog.stop();
      this.#state = { phase: 'disconnected' };
      if (connected) this.#queue.push({ type: 'DISCONNECTED', reason: dropReason ?? 'the event stream ended' });
      await connection?.close();
    }
  }

  /** Finds the leader, following redirects, and opens the event stream there. */
  async #open(
    signal: AbortSignal,
  ): Promise<
    | { readonly connection: ApiConnection; readonly stream: ApiStream; readonly master: string }
    | { readonly reason: string }
  > {
    let master = await this.#options.detector.current({ signal });
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const origin = `http://${master}`;
      const connection = new ApiConnection({ origin, path: API_PATH }, this.#options.credentials);
      let result: ApiStream | ApiAnswer;
      try {
        result = await connection.subscribe({
          body: this.#subscribeBody(),
          contentType: this.#mediaType,
          accept: this.#mediaType,
          signal,
        });
      } catch (error) {
        await connection.close();
        signal.throwIfAborted();
        return { reason: `no answer from the master at ${master}: ${streamEndReason(error)}` };
      }
      if (isStream(result)) return { connection, stream: result, master };
      await connection.close();
      if (result.status !== 307) return { reason: this.#refusal(result, master) };
      const target = redirectTarget(result.location, origin);
      if (target === undefined) return { reason: `the master at ${master} redirects to nowhere` };
      this.#logger.info('redirected to the leading master', { from: master, master: target });
      master = target;
    }
    return { reason: `more than ${MAX_REDIRECTS} redirects in search of the leading master` };
  }

  #subscribeBody(): Buffer {
    const framework = this.#framework;
    const suppressed = this.#options.suppressedRoles?.() ?? [];
    return schedulerCallCodec.encode(
      {
        type: 'SUBSCRIBE',
        ...(framework.id === undefined ? {} : { framework_id: framework.id }),
        subscribe: {
          framework_info: framework,
          ...(suppressed.length === 0 ? {} : { suppressed_roles: suppressed }),
        },
      },
      this.#mediaType,
    );
  }

  /** Why there is no stream, for answers that may be different next time. @throws FrameworkRefusedError for the others */
  #refusal(answer: ApiAnswer, master: string): string {
    const text = `the master at ${master} answered ${answer.status}: ${answer.text}`;
    switch (answer.status) {
      case 400:
      case 401:
      case 403:
      case 406:
      case 415:
        throw new FrameworkRefusedError(text);
      default:
        return text;
    }
  }

  #accepted(id: string): void {
    const known = this.#framework.id?.value;
    if (known !== undefined && known !== '' && known !== id) {
      throw new FrameworkRefusedError(`the master registered framework ${id} where ${known} was asked for`);
    }
    this.#framework = { ...this.#framework, id: { value: id } };
  }

  #silenceLimit(heartbeatMs: number): number {
    return heartbeatMs * (this.#options.missedHeartbeats ?? 5);
  }
}

/** A KILL must not overtake the ACCEPT that launches its task. */
function mayOvertake(type: SchedulerCall['type'], connection: ApiConnection): boolean {
  return UNORDERED_CALLS.has(type) || (type === 'KILL' && !connection.hasOrderedCalls);
}

/**
 * Whether a refused call means that the stream id it carried is not the one of a live subscription (or the master no
 * longer leads): the call did nothing, and only a new subscription helps.
 */
function endsSubscription(answer: ApiAnswer): boolean {
  // 404: a master that has just been started and has not set up its API yet.
  if (answer.status === 403 || answer.status === 404 || answer.status === 503 || answer.status === 307) return true;
  return answer.status === 400 && /stream ID|Framework cannot be found/.test(answer.text);
}
