import {
  expired,
  internalError,
  payloadTooLarge,
  serviceUnavailable,
  StatusError,
  tooLargeResourceVersion,
} from '@kubernetes-mesos/api-types';
import {
  CompactedError,
  ObjectTooLargeError,
  RevisionTooLargeError,
  StorageUnavailableError,
  WatchOverflowError,
} from '@kubernetes-mesos/storage';

/** etcd's default bound of one request. */
const MAX_STORED_BYTES = 1.5 * 1024 * 1024;

/** Any failure below a verb as what the client is told; what is not ours to explain becomes a 500. */
export function toStatusError(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof CompactedError) return expired('The resourceVersion for the provided list is too old.');
  if (error instanceof RevisionTooLargeError) return tooLargeResourceVersion(error.requested, error.current);
  if (error instanceof WatchOverflowError) return expired('The watch fell too far behind and was ended; list again.');
  if (error instanceof ObjectTooLargeError) return payloadTooLarge(MAX_STORED_BYTES);
  if (error instanceof StorageUnavailableError) {
    const { status } = serviceUnavailable('the store does not answer; try again');
    return new StatusError(status, { cause: error });
  }
  return internalError('unexpected failure, see the log of the server', { cause: error });
}
