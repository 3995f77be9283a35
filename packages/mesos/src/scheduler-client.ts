import type { FrameworkInfo, SchedulerCall, SchedulerEvent } from './messages';

/** Connection of one framework to the leading master: subscribes, re-subscribes with back-off, follows redirects. */
export interface SchedulerClient {
  /**
   * Every event from every subscription, in order, with `CONNECTED`/`DISCONNECTED` between them. Ends when closed.
   * @throws FrameworkRefusedError when the master refuses the framework for good (ERROR event).
   */
  events(): AsyncIterable<SchedulerEvent | ConnectionEvent>;
  /**
   * Sends one call; `framework_id` is filled in. Resolves on 202.
   * @throws NotSubscribedError, MasterUnavailableError (both retryable), CallRejectedError (4xx, carries the master's text)
   */
  call(call: SchedulerCall): Promise<void>;
  /** The framework as registered; `id` is set after the first subscription. */
  readonly framework: FrameworkInfo;
  /** Closes the connection; the framework stays registered until its failover timeout. */
  close(): Promise<void>;
}

export type ConnectionEvent =
  { readonly type: 'CONNECTED'; readonly master: string } | { readonly type: 'DISCONNECTED'; readonly reason: string };
