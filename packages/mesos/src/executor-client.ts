import type { ExecutorCall, ExecutorEvent } from './messages';

/** Connection of one executor to its agent, by the environment that the agent sets (MESOS_AGENT_ENDPOINT, ...). */
export interface ExecutorClient {
  /** Every event in order; re-subscribes with unacknowledged updates and tasks while the recovery timeout lasts. */
  events(): AsyncIterable<ExecutorEvent | { readonly type: 'DISCONNECTED'; readonly reason: string }>;
  /** Sends one call; executor and framework id are filled in. UPDATEs are kept and re-sent until acknowledged. */
  call(call: ExecutorCall): Promise<void>;
  close(): Promise<void>;
}
