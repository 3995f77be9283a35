import type { ExecutorCall, ExecutorEvent } from './messages';

/** Connection of one executor to its agent, by the environment that the agent sets (MESOS_AGENT_ENDPOINT, ...). */
export interface ExecutorClient {
  /**
   * Every event in order; re-subscribes with unacknowledged updates and tasks while the recovery timeout lasts. For one
   * consumer. When the agent does not come back in time (or at once, without checkpointing) a last SHUTDOWN is delivered,
   * as the agent would have sent it, and the iteration ends. It also ends when closed, and when the stream ends after a
   * SHUTDOWN. Event types of newer agents arrive as UNKNOWN: ignore them.
   * @throws ExecutorRefusedError when the agent will not have this executor: end.
   */
  events(): AsyncIterable<ExecutorEvent | ExecutorConnectionEvent>;
  /**
   * Sends one call; executor and framework id are filled in.
   *
   * UPDATE: `uuid`, `source` and `timestamp` are filled in where absent; the update is kept and re-sent until the agent
   * has acknowledged it. Resolves at once, also without a connection.
   * MESSAGE: best effort. @throws NotSubscribedError, MasterUnavailableError, CallRejectedError
   */
  call(call: ExecutorCall): Promise<void>;
  /** Updates that the agent has not acknowledged yet. */
  readonly unacknowledgedUpdates: number;
  /** Resolves when no update is unacknowledged, or after `timeoutMs`. @returns whether all are acknowledged. */
  flush(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}

export type ExecutorConnectionEvent = { readonly type: 'DISCONNECTED'; readonly reason: string };
