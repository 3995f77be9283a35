import { randomUUID } from 'node:crypto';
import { silentLogger, systemClock, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import {
  checkedExecutorEvent,
  executorCallCodec,
  executorEventCodec,
  isMediaType,
  PROTOBUF_MEDIA_TYPE,
  type MediaType,
} from './codec';
import { CallRejectedError, ExecutorRefusedError, MasterUnavailableError, NotSubscribedError } from './errors';
import { EventQueue } from './event-queue';
import type { ExecutorClient, ExecutorConnectionEvent } from './executor-client';
import type { ExecutorEnvironment } from './executor-environment';
import { ApiConnection, isStream, type ApiAnswer } from './http/connection';
import type { ExecutorCall, ExecutorCallEnvelope, ExecutorEvent, TaskStatus } from './messages';
import { readRecords, streamEndReason } from './recordio';
import { Unacknowledged } from './unacknowledged';

export interface ExecutorClientOptions {
  /** As of `readExecutorEnvironment(process.env)`. */
  readonly environment: ExecutorEnvironment;
  /** Default protobuf. */
  readonly mediaType?: MediaType;
  readonly clock?: Clock;
  /** In [0, 1). Default Math.random. */
  readonly random?: () => number;
  readonly logger?: Logger;
}

const API_PATH = '/api/v1/executor';
/** The agent is on this machine: a pause shorter than its back-off limit is found by half. */
const MIN_BACKOFF_MS = 50;

/** Starts to subscribe at once. */
export function createExecutorClient(options: ExecutorClientOptions): ExecutorClient {
  return new HttpExecutorClient(options);
}

type State =
  | { readonly phase: 'disconnected' }
  | { readonly phase: 'subscribed'; readonly connection: ApiConnection; readonly drop: (reason: string) => void }
  | { readonly phase: 'closed' };

class HttpExecutorClient implements ExecutorClient {
  readonly #environment: ExecutorEnvironment;
  readonly #mediaType: MediaType;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #logger: Logger;
  readonly #queue = new EventQueue<ExecutorEvent | ExecutorConnectionEvent>();
  readonly #unacknowledged = new Unacknowledged();
  readonly #closing = new AbortController();
  readonly #loop: Promise<void>;
  #state: State = { phase: 'disconnected' };
  /** Updates made since the last SUBSCRIBE was encoded, while there was no subscription to send them on. */
  #unsent: Extract<ExecutorCall, { type: 'UPDATE' }>[] = [];
  #flushed: (() => void)[] = [];

  constructor(options: ExecutorClientOptions) {
    this.#environment = options.environment;
    this.#mediaType = options.mediaType ?? PROTOBUF_MEDIA_TYPE;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#logger = options.logger ?? silentLogger;
    this.#loop = this.#run();
  }

  events(): AsyncIterable<ExecutorEvent | ExecutorConnectionEvent> {
    return this.#queue;
  }

  get unacknowledgedUpdates(): number {
    return this.#unacknowledged.updates;
  }

  async call(call: ExecutorCall): Promise<void> {
    if (call.type !== 'UPDATE') {
      await this.#send(call);
      return;
    }
    const update = { type: 'UPDATE', update: { status: this.#completed(call.update.status) } } as const;
    this.#unacknowledged.updated(update.update);
    if (this.#state.phase === 'subscribed') await this.#sendUpdate(update);
    else this.#unsent.push(update);
  }

  flush(timeoutMs: number): Promise<boolean> {
    if (this.#unacknowledged.updates === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(() => resolve(this.#unacknowledged.updates === 0), timeoutMs);
      this.#flushed.push(() => {
        timer.cancel();
        resolve(true);
      });
    });
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the executor client was closed'));
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { recoveryTimeoutMs } = this.#environment;
    let lastContact = this.#clock.monotonic();
    try {
      while (!signal.aborted) {
        const end = await this.#subscribeOnce(signal);
        if (signal.aborted || end.shutdown) break;
        if (end.subscribed) lastContact = this.#clock.monotonic();
        const silentMs = this.#clock.monotonic() - lastContact;
        if (silentMs >= recoveryTimeoutMs) {
          this.#logger.error('the agent is gone, shutting down', {
            reason: end.reason,
            silentMs: Math.round(silentMs),
          });
          this.#queue.push({ type: 'SHUTDOWN' });
          break;
        }
        const delayMs = Math.round(this.#pauseMs());
        this.#logger.warn('not subscribed to the agent, will retry', { reason: end.reason, delayMs });
        await this.#clock.sleep(delayMs, { signal });
      }
    } catch (error) {
      if (!signal.aborted) this.#queue.end(error);
    } finally {
      this.#state = { phase: 'closed' };
      this.#queue.end();
    }
  }

  /** Runs one subscription to its end. @throws ExecutorRefusedError */
  async #subscribeOnce(
    closing: AbortSignal,
  ): Promise<{ readonly reason: string; readonly subscribed: boolean; readonly shutdown: boolean }> {
    const { agentEndpoint, authenticationToken, domainSocket } = this.#environment;
    const dropping = new AbortController();
    const signal = AbortSignal.any([closing, dropping.signal]);
    let dropReason: string | undefined;
    const drop = (reason: string): void => {
      dropReason ??= reason;
      dropping.abort(new Error(reason));
    };
    const connection = new ApiConnection(
      {
        origin: `http://${agentEndpoint}`,
        path: API_PATH,
        ...(domainSocket === undefined ? {} : { socketPath: domainSocket }),
      },
      authenticationToken === undefined ? undefined : { token: authenticationToken },
    );
    let subscribed = false;
    let shutdown = false;
    try {
      this.#unsent = [];
      const result = await connection.subscribe({
        body: this.#encode({ type: 'SUBSCRIBE', subscribe: this.#unacknowledged.toSubscribe() }),
        contentType: this.#mediaType,
        accept: this.#mediaType,
        signal,
      });
      if (!isStream(result)) return { reason: refusal(result), subscribed, shutdown };
      const mediaType = isMediaType(result.contentType) ? result.contentType : this.#mediaType;
      for await (const records of readRecords(result.body)) {
        for (const record of records) {
          if (record.length === 0) continue;
          const event = checkedExecutorEvent(executorEventCodec.decode(record, mediaType));
          if (event.type === 'SUBSCRIBED') {
            subscribed = true;
            this.#state = { phase: 'subscribed', connection, drop };
            for (const update of this.#unsent.splice(0)) void this.#sendUpdate(update);
          }
          if (event.type === 'SHUTDOWN') shutdown = true;
          this.#note(event);
          this.#queue.push(event);
        }
      }
      return { reason: dropReason ?? streamEndReason(undefined), subscribed, shutdown };
    } catch (error) {
      if (error instanceof ExecutorRefusedError) throw error;
      return { reason: dropReason ?? streamEndReason(error), subscribed, shutdown };
    } finally {
      this.#state = { phase: 'disconnected' };
      if (subscribed) this.#queue.push({ type: 'DISCONNECTED', reason: dropReason ?? 'the event stream ended' });
      await connection.close();
    }
  }

  /** Keeps book of what has to be said again at the next subscription. */
  #note(event: ExecutorEvent): void {
    switch (event.type) {
      case 'LAUNCH':
        this.#unacknowledged.launched(event.launch.task);
        return;
      case 'LAUNCH_GROUP':
        for (const task of event.launch_group.task_group.tasks ?? []) this.#unacknowledged.launched(task);
        return;
      case 'ACKNOWLEDGED':
        this.#unacknowledged.acknowledged(event.acknowledged.task_id.value, event.acknowledged.uuid);
        if (this.#unacknowledged.updates === 0) this.#flushed.splice(0).forEach((resolve) => resolve());
        return;
      case 'SUBSCRIBED':
      case 'KILL':
      case 'MESSAGE':
      case 'ERROR':
      case 'SHUTDOWN':
      case 'HEARTBEAT':
      case 'UNKNOWN':
        return;
    }
  }

  /** Never fails: what the agent did not take goes out with the next subscription. */
  async #sendUpdate(call: Extract<ExecutorCall, { type: 'UPDATE' }>): Promise<void> {
    const state = this.#state;
    try {
      await this.#send(call);
    } catch (error) {
      const { task_id: taskId, uuid } = call.update.status;
      if (error instanceof CallRejectedError && error.reason.startsWith('Failed to validate')) {
        this.#logger.error('the agent finds an update invalid, dropping it', { task: taskId.value, error });
        if (uuid !== undefined) this.#unacknowledged.acknowledged(taskId.value, uuid);
      } else if (state.phase === 'subscribed') {
        state.drop(`an update was not taken: ${streamEndReason(error)}`);
      }
    }
  }

  async #send(call: ExecutorCall): Promise<void> {
    const state = this.#state;
    if (state.phase !== 'subscribed') throw new NotSubscribedError(`${call.type}: not subscribed to the Mesos agent`);
    let answer: ApiAnswer;
    try {
      answer = await state.connection.call({ body: this.#encode(call), contentType: this.#mediaType }, 'ordered');
    } catch (error) {
      throw new MasterUnavailableError(`${call.type}: the connection to the Mesos agent broke`, { cause: error });
    }
    if (answer.status !== 202 && answer.status !== 200) {
      throw new CallRejectedError(call.type, answer.status, answer.text);
    }
  }

  #encode(call: ExecutorCall): Buffer {
    const { executorId, frameworkId } = this.#environment;
    const envelope: ExecutorCallEnvelope = {
      ...call,
      executor_id: { value: executorId },
      framework_id: { value: frameworkId },
    };
    return executorCallCodec.encode(envelope, this.#mediaType);
  }

  #completed(status: TaskStatus): TaskStatus {
    return {
      ...status,
      uuid: status.uuid ?? Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
      source: status.source ?? 'SOURCE_EXECUTOR',
      timestamp: status.timestamp ?? this.#clock.now() / 1000,
    };
  }

  /** A random share of the agent's limit: a restarted agent waits only about that long for its executors. */
  #pauseMs(): number {
    return MIN_BACKOFF_MS + (this.#environment.subscriptionBackoffMaxMs / 2) * this.#random();
  }
}

/**
 * Why there is no stream. An agent that has just been started answers 404 until it has set up its API, then 503 until it
 * has recovered. @throws ExecutorRefusedError for answers that another attempt will not change
 */
function refusal(answer: ApiAnswer): string {
  const text = `the agent answered ${answer.status}: ${answer.text}`;
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 404) throw new ExecutorRefusedError(text);
  return text;
}
