import type { EtcdErrorKind } from './etcd-gateway';

/** Parts of etcd's error texts. */
const KINDS: readonly (readonly [text: RegExp, kind: EtcdErrorKind])[] = [
  [/required revision has been compacted/, 'compacted'],
  [/required revision is a future revision/, 'futureRevision'],
  [/requested lease not found/, 'leaseNotFound'],
  [/request is too large|larger than max \(/, 'tooLarge'],
  [/database space exceeded/, 'noSpace'],
  [/etcdserver: too many requests/, 'notSent'],
];

/**
 * gRPC status codes with which etcd refuses for good, so that the call had no effect: INVALID_ARGUMENT, NOT_FOUND,
 * ALREADY_EXISTS, PERMISSION_DENIED, FAILED_PRECONDITION, OUT_OF_RANGE, UNIMPLEMENTED, UNAUTHENTICATED.
 */
const REJECTIONS = new Set([3, 5, 6, 7, 9, 11, 12, 16]);

/** What an answer of etcd with an error status says about the fate of the call. In doubt: `unknown`. */
export function kindOfStatus(code: number | undefined, message: string): EtcdErrorKind {
  const known = KINDS.find(([text]) => text.test(message));
  if (known !== undefined) return known[1];
  return code !== undefined && REJECTIONS.has(code) ? 'rejected' : 'unknown';
}
