/** gRPC status codes that are used here. */
export const GrpcCode = {
  ok: 0,
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** A call that failed. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  constructor(
    /** `undefined`: the server has given no status. */
    readonly code: number | undefined,
    message: string,
    /** `false` only if the server has certainly not acted on the call, and will not. */
    readonly maybeProcessed: boolean,
    options?: { readonly cause: unknown },
  ) {
    super(message, options);
  }
}

/** The error that the last headers of an answer tell; `undefined`: the call went well. */
export function errorOfTrailers(fields: ReadonlyMap<string, string>): GrpcError | undefined {
  const status = fields.get('grpc-status');
  if (status === undefined) return errorOfHttpStatus(fields.get(':status')) ?? malformed('an answer without status');
  const code = Number(status);
  if (code === GrpcCode.ok) return undefined;
  const message = percentDecoded(fields.get('grpc-message') ?? '');
  return new GrpcError(Number.isInteger(code) ? code : GrpcCode.unknown, message, true);
}

/** Not every server on the way speaks gRPC. `undefined` for one that does. */
export function errorOfHttpStatus(status: string | undefined): GrpcError | undefined {
  if (status === undefined || status === '200') return undefined;
  return new GrpcError(HTTP_STATUSES.get(status) ?? GrpcCode.unknown, `HTTP status ${status}`, true);
}

/** The answer is not what gRPC allows. */
export function malformed(what: string): GrpcError {
  return new GrpcError(GrpcCode.internal, `gRPC: ${what}`, true);
}

const HTTP_STATUSES: ReadonlyMap<string, number> = new Map([
  ['400', GrpcCode.internal],
  ['401', GrpcCode.unauthenticated],
  ['403', GrpcCode.permissionDenied],
  ['404', GrpcCode.unimplemented],
  ['429', GrpcCode.unavailable],
  ['502', GrpcCode.unavailable],
  ['503', GrpcCode.unavailable],
  ['504', GrpcCode.unavailable],
]);

/** What is not a valid escape stays as it is. */
function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  const bytes = text.replace(/%([0-9a-fA-F]{2})/g, (_escape, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
