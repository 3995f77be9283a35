/** No subscription is open: calls other than SUBSCRIBE cannot be sent. Retry after the next CONNECTED. */
export class NotSubscribedError extends Error {
  override readonly name = 'NotSubscribedError';
  readonly retryable = true;
}

/** No leading master (or no agent) answers, or the connection broke: whether the call was taken is unknown. Retryable. */
export class MasterUnavailableError extends Error {
  override readonly name = 'MasterUnavailableError';
  readonly retryable = true;
}

/** Mesos refused this call and did nothing of it. `reason` is its own text. */
export class CallRejectedError extends Error {
  override readonly name = 'CallRejectedError';
  readonly retryable = false;
  constructor(
    readonly callType: string,
    readonly status: number,
    readonly reason: string,
  ) {
    super(`Mesos refused ${callType} with ${status}: ${reason}`);
  }
}

/** Mesos refuses the framework itself (ERROR event, bad credentials): subscribing again will not help. */
export class FrameworkRefusedError extends Error {
  override readonly name = 'FrameworkRefusedError';
}

/** The agent does not know this executor (any more), or its credentials are wrong: the executor has to end. */
export class ExecutorRefusedError extends Error {
  override readonly name = 'ExecutorRefusedError';
}
