import type { FieldError } from './field-error';
import type { ListMeta } from './object';

/** The API's answer to a failed request, as `v1` spells it. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: ListMeta;
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: StatusDetails;
  code?: number;
}

export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: StatusCause[];
  retryAfterSeconds?: number;
}

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/**
 * A failure that the client is told about. Thrown anywhere below an HTTP handler; the handler writes it in the
 * version of the request. `fieldErrors` is kept as data so that older versions can word it their way.
 */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;
  readonly fieldErrors: readonly FieldError[];
  constructor(status: Status, options: { cause?: unknown; fieldErrors?: readonly FieldError[] } = {}) {
    super(
      status.message ?? status.reason ?? 'request failed',
      options.cause === undefined ? {} : { cause: options.cause },
    );
    this.status = status;
    this.fieldErrors = options.fieldErrors ?? [];
  }
  get code(): number {
    return this.status.code ?? 500;
  }
  get reason(): string {
    return this.status.reason ?? '';
  }
}
