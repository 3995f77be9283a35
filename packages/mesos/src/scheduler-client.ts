import type { FrameworkInfo, SchedulerCall, SchedulerEvent } from './messages';

/** Connection of one framework to the leading master: subscribes, re-subscribes with back-off, follows redirects. */
export interface SchedulerClient {
  /**
   * Every event from every subscription, in order, with `CONNECTED`/`DISCONNECTED` between them. For one consumer. Ends
   * when closed.
   * @throws FrameworkRefusedError when the master refuses the framework for good (ERROR event, bad credentials).
   */
  events(): AsyncIterable<SchedulerEvent | ConnectionEvent>;
  /**
   * Sends one call; `framework_id` is filled in. Resolves on 202, which says only that the master has received it.
   * Calls are sent in order, but for ACKNOWLEDGE, RECONCILE and MESSAGE, which may overtake and be overtaken.
   * @throws NotSubscribedError (nothing was done), MasterUnavailableError (whether it was done is unknown); both are
   *   retryable. CallRejectedError (4xx, carries the master's text; nothing was done).
   */
  call(call: SchedulerCall): Promise<void>;
  /** The framework as registered; `id` is set after the first subscription. */
  readonly framework: FrameworkInfo;
  /** Closes the connection; the framework stays registered until its failover timeout. */
  close(): Promise<void>;
}

export type ConnectionEvent =
  /** Comes directly before the SUBSCRIBED event; calls can be sent from here on. */
  { readonly type: 'CONNECTED'; readonly master: string } | { readonly type: 'DISCONNECTED'; readonly reason: string };
