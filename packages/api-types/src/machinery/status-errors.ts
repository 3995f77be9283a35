import type { FieldError } from './field-error';
import { fieldErrorBody, fieldErrorsText } from './field-error-text';
import { StatusError, type Status, type StatusDetails } from './status';

/** The failures that upstream's `apierrors` constructs, with its codes, reasons and texts. */

/** What a message is about: the plural resource (`pods`), or the kind where upstream says the kind. */
export interface GroupAndName {
  readonly group: string;
  readonly name: string;
}

/** Detail of a `conflict` by a lost optimistic lock. */
export const MODIFIED_TEXT =
  'the object has been modified; please apply your changes to the latest version and try again';

export function badRequest(message: string): StatusError {
  return failure(400, 'BadRequest', message);
}

export function unauthorized(message = 'Unauthorized'): StatusError {
  return failure(401, 'Unauthorized', message);
}

/** `pods "x" is forbidden: detail` */
export function forbiddenError(
  resource: GroupAndName,
  name: string,
  detail: string,
  more?: StatusDetails,
): StatusError {
  return failure(403, 'Forbidden', `${qualified(resource)} ${quoted(name)} is forbidden: ${detail}`, {
    ...detailsOf(resource, name),
    ...more,
  });
}

/** `pods "x" not found` */
export function notFoundError(resource: GroupAndName, name: string): StatusError {
  return failure(404, 'NotFound', `${qualified(resource)} ${quoted(name)} not found`, detailsOf(resource, name));
}

/** No such resource, version or subresource. */
export function unknownResource(): StatusError {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): StatusError {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function notAcceptable(message: string, details?: StatusDetails): StatusError {
  return failure(406, 'NotAcceptable', message, details);
}

/** `pods "x" already exists` */
export function alreadyExists(resource: GroupAndName, name: string, isBeingDeleted = false): StatusError {
  const prefix = isBeingDeleted ? 'object is being deleted: ' : '';
  const message = `${prefix}${qualified(resource)} ${quoted(name)} already exists`;
  return failure(409, 'AlreadyExists', message, detailsOf(resource, name));
}

/** `Operation cannot be fulfilled on pods "x": detail` */
export function conflict(resource: GroupAndName, name: string, detail: string = MODIFIED_TEXT): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} ${quoted(name)}: ${detail}`;
  return failure(409, 'Conflict', message, detailsOf(resource, name));
}

/** Too old a resourceVersion; on a paged list with a token that goes on from the newest state. */
export function expired(message: string, continueToken?: string): StatusError {
  const error = failure(410, 'Expired', message);
  if (continueToken !== undefined) error.status.metadata = { continue: continueToken };
  return error;
}

export function payloadTooLarge(limitBytes: number): StatusError {
  return requestTooLarge(`limit is ${limitBytes}`);
}

export function requestTooLarge(detail: string): StatusError {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: ${detail}`);
}

/** Upstream has no words of its own for it. */
export function uriTooLong(): StatusError {
  return failure(414, '', 'the server responded with the status code 414 but did not return more information', {});
}

export function unsupportedMediaType(message: string, details?: StatusDetails): StatusError {
  return failure(415, 'UnsupportedMediaType', message, details);
}

/** `Pod "x" is invalid: [...]`, with a cause for each error. */
export function invalidObject(kind: GroupAndName, name: string, errors: readonly FieldError[]): StatusError {
  const message = `${qualified(kind)} ${quoted(name)} is invalid: ${fieldErrorsText(errors)}`;
  const causes = errors.map((error) => ({ reason: error.reason, message: fieldErrorBody(error), field: error.field }));
  return new StatusError(statusOf(422, 'Invalid', message, { ...detailsOf(kind, name), causes }), {
    fieldErrors: errors,
  });
}

/** A patch that cannot be applied: upstream tells no more. */
export function unprocessable(): StatusError {
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}

export function tooManyRequests(message: string, retryAfterSeconds: number): StatusError {
  return failure(429, 'TooManyRequests', message, { retryAfterSeconds });
}

export function internalError(message: string, options: { cause?: unknown } = {}): StatusError {
  const details = { causes: [{ message }] };
  return new StatusError(statusOf(500, 'InternalError', `Internal error occurred: ${message}`, details), options);
}

/** A 500 that is nothing but a text: what upstream answers when an error of its own has no status. */
export function plainError(message: string): StatusError {
  return failure(500, '', message);
}

export function serviceUnavailable(message: string, retryAfterSeconds = 1): StatusError {
  return failure(503, 'ServiceUnavailable', message, { retryAfterSeconds });
}

/** `Timeout: detail` */
export function timeoutError(detail: string): StatusError {
  return failure(504, 'Timeout', `Timeout: ${detail}`, {});
}

/** A read that asks for a state which is not there yet. */
export function tooLargeResourceVersion(requested: number | string, current: number | string): StatusError {
  return failure(504, 'Timeout', `Timeout: Too large resource version: ${requested}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** A body that its kind's decoder refuses: `Pod in version "v1" cannot be handled as a Pod: ...`. */
export function cannotBeHandled(
  bodyKind: string,
  bodyVersion: string,
  wantedKind: string,
  detail: string,
): StatusError {
  return badRequest(`${bodyKind} in version ${quoted(bodyVersion)} cannot be handled as a ${wantedKind}: ${detail}`);
}

function failure(code: number, reason: string, message: string, details?: StatusDetails): StatusError {
  return new StatusError(statusOf(code, reason, message, details));
}

function statusOf(code: number, reason: string, message: string, details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

/** `pods`, `deployments.apps` */
function qualified(resource: GroupAndName): string {
  return resource.group === '' ? resource.name : `${resource.name}.${resource.group}`;
}

function detailsOf(resource: GroupAndName, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    ...(resource.name === '' ? {} : { kind: resource.name }),
  };
}

/** Go's `%q` */
function quoted(text: string): string {
  return JSON.stringify(text);
}
