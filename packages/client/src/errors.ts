/**
 * No API server answered, or the connection broke before the whole answer came. Retryable: wait and try again.
 */
export class ApiServerUnavailableError extends Error {
  override readonly name = 'ApiServerUnavailableError';
  readonly retryable = true;
  /** Base URLs that were tried, in order. */
  readonly servers: readonly string[];
  /** Whether a server may have received the request: a write may or may not have been done. */
  readonly mayHaveBeenDone: boolean;

  constructor(message: string, facts: { servers: readonly string[]; mayHaveBeenDone: boolean; cause?: unknown }) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.servers = facts.servers;
    this.mayHaveBeenDone = facts.mayHaveBeenDone;
  }
}

/** The client was used after `close()`, or closed in the middle of the call. */
export class ClientClosedError extends Error {
  override readonly name = 'ClientClosedError';
  constructor() {
    super('the API client is closed');
  }
}

/** A 2xx answer that is not what the API promises (no JSON, or no object). */
export class InvalidAnswerError extends Error {
  override readonly name = 'InvalidAnswerError';
}

/** What is wrong with an address or a kubeconfig that the user gave. */
export class ClientConfigError extends Error {
  override readonly name = 'ClientConfigError';
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET`, ...: the `code` of a system's or library's error. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
