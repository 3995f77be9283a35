import {
  LegacyBodyError,
  LegacyDecodeError,
  badRequest,
  legacyCauses,
  legacyErrorsText,
  plainError,
  StatusError,
  type FieldError,
  type LegacyResource,
  type Status,
} from '@kubernetes-mesos/api-types';

/** Failures in the words of release 0.14. */

/** `Pod "x" is invalid: spec.containers: required value` */
export function legacyInvalid(kind: string, name: string, errors: readonly FieldError[]): StatusError {
  const causes = legacyCauses(errors);
  const message = `${kind} "${name}" is invalid: ${legacyErrorsText(errors)}`;
  return failure(422, 'Invalid', message, { ...named(kind, name), ...(causes.length === 0 ? {} : { causes }) });
}

/** `pods "x" cannot be updated: the resource was updated to 7` */
export function legacyConflict(kind: string, name: string, detail: string): StatusError {
  return failure(409, 'Conflict', `${kind} "${name}" cannot be updated: ${detail}`, named(kind, name));
}

/** A body that cannot be decoded: 400 where an object was expected, 500 with the bare text elsewhere. */
export function bodyFailure(error: unknown, isObject: boolean): unknown {
  if (error instanceof LegacyBodyError) return isObject ? badRequest(error.message) : plainError(error.detail);
  return error instanceof LegacyDecodeError ? plainError(error.message) : error;
}

/** What the generic verbs throw, as release 0.14 would have said it. `kind`: what its validation calls the object. */
export function legacyFailure(error: unknown, resource: LegacyResource, kind: string): unknown {
  if (!(error instanceof StatusError)) return error;
  const { status, fieldErrors } = error;
  const name = status.details?.name ?? '';
  if (status.reason === 'Invalid' && fieldErrors.length > 0) {
    return legacyInvalid(kind, name, fieldErrors.map(inOldWords));
  }
  if (status.reason === 'Conflict' && !/cannot be updated: /.test(status.message ?? '')) {
    return legacyConflict(resource.storeKind, name, 'the resource was updated');
  }
  return error;
}

function failure(code: number, reason: string, message: string, details: NonNullable<Status['details']>): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code,
  });
}

function named(kind: string, name: string): { name?: string; kind: string } {
  return name === '' ? { kind } : { name, kind };
}

/** The address of a service is refused by its allocator, which speaks of today's fields. */
function inOldWords(error: FieldError): FieldError {
  if (error.field !== 'spec.clusterIP' && error.field !== 'spec.clusterIPs') return error;
  const [address] = [error.value].flat();
  const ip = String(address);
  return { ...error, field: 'spec.portalIP', value: ip, detail: oldAllocatorText(ip, error.detail) };
}

function oldAllocatorText(ip: string, detail: string): string {
  const outside = /range of valid IPs is ([\d.]+)\/(\d+)/.exec(detail);
  if (outside !== null) {
    const mask = (0xffffffff << (32 - Number(outside[2]))) >>> 0;
    return `IP ${ip} does not fall within subnet {${outside[1] ?? ''} ${mask.toString(16).padStart(8, '0')}}`;
  }
  return detail.includes('already allocated') ? `IP ${ip} is already allocated` : detail;
}
