import { errorMessage } from '@kubernetes-mesos/component-base';
import { EtcdCallError, type EtcdErrorKind } from './etcd-gateway';

/** Parts of error texts of etcd and grpc-js, most telling first. */
const KINDS: readonly (readonly [text: RegExp, kind: EtcdErrorKind])[] = [
  [/required revision has been compacted/, 'compacted'],
  [/required revision is a future revision/, 'futureRevision'],
  [/requested lease not found/, 'leaseNotFound'],
  [/request is too large|larger than max \(/, 'tooLarge'],
  [/database space exceeded/, 'noSpace'],
  [/etcdserver: too many requests/, 'notSent'],
  // grpc-js: no connection could be made, so nothing was sent.
  [/No connection established|ECONNREFUSED|Failed to connect|Name resolution failed|ENOTFOUND/, 'notSent'],
];

/**
 * gRPC status codes with which etcd refuses for good, so that the call had no effect: INVALID_ARGUMENT, NOT_FOUND,
 * ALREADY_EXISTS, PERMISSION_DENIED, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED, UNAUTHENTICATED.
 */
const REJECTIONS = new Set([3, 5, 6, 7, 9, 11, 12, 16]);

/** What an error of the etcd3 client says about the fate of the call. In doubt: `unknown`. */
export function classifyEtcdError(error: unknown): EtcdCallError {
  if (error instanceof EtcdCallError) return error;
  const message = errorMessage(error);
  const known = KINDS.find(([text]) => text.test(message));
  const kind = known?.[1] ?? (isRejection(message) ? 'rejected' : 'unknown');
  return new EtcdCallError(kind, message, { cause: error });
}

/** etcd3's errors have no code; their message keeps grpc-js' `<code> <NAME>: <details>`. */
function isRejection(message: string): boolean {
  const code = /^(\d+) [A-Z_]+: /.exec(message)?.[1];
  return code !== undefined && REJECTIONS.has(Number(code));
}
