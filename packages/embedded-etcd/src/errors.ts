/** gRPC status codes that etcd answers with. */
export const GrpcCode = {
  invalidArgument: 3,
  notFound: 5,
  failedPrecondition: 9,
  outOfRange: 11,
  unavailable: 14,
} as const;

/** What etcd answers instead of a response: code and text are part of its API, clients compare them. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  constructor(
    readonly code: number,
    /** Sent to the client as it is. */
    readonly details: string,
  ) {
    super(details);
  }
}

const { invalidArgument, notFound, failedPrecondition, outOfRange, unavailable } = GrpcCode;

export const errors = {
  emptyKey: () => new EtcdError(invalidArgument, 'etcdserver: key is not provided'),
  keyNotFound: () => new EtcdError(invalidArgument, 'etcdserver: key not found'),
  valueProvided: () => new EtcdError(invalidArgument, 'etcdserver: value is provided'),
  leaseProvided: () => new EtcdError(invalidArgument, 'etcdserver: lease is provided'),
  tooManyOps: () => new EtcdError(invalidArgument, 'etcdserver: too many operations in txn request'),
  duplicateKey: () => new EtcdError(invalidArgument, 'etcdserver: duplicate key given in txn request'),
  requestTooLarge: () => new EtcdError(invalidArgument, 'etcdserver: request is too large'),
  compacted: () => new EtcdError(outOfRange, 'etcdserver: mvcc: required revision has been compacted'),
  futureRevision: () => new EtcdError(outOfRange, 'etcdserver: mvcc: required revision is a future revision'),
  leaseNotFound: () => new EtcdError(notFound, 'etcdserver: requested lease not found'),
  leaseExists: () => new EtcdError(failedPrecondition, 'etcdserver: lease already exists'),
  leaseTtlTooLarge: () => new EtcdError(outOfRange, 'etcdserver: too large lease TTL'),
  noRootUser: () => new EtcdError(failedPrecondition, 'etcdserver: root user does not exist'),
  authNotEnabled: () => new EtcdError(failedPrecondition, 'etcdserver: authentication is not enabled'),
  stopped: () => new EtcdError(unavailable, 'etcdserver: server stopped'),
} as const;
