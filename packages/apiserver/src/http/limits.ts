/** Bounds on what a client may send; past them it is told so at once. */
export interface RequestLimits {
  /** Bytes of a body. Default 3 MiB, as upstream. */
  readonly bodyBytes: number;
  /** Characters of path and query; past them 414, and past twice that 431. Default 64 KiB. */
  readonly urlChars: number;
  /** Bytes of all headers. Default 64 KiB. */
  readonly headerBytes: number;
  /** ms to send all headers, and to agree on TLS. Default 30 s. */
  readonly headersMs: number;
  /** Objects and lists inside one another. Default 512; code that walks objects is recursive. */
  readonly nesting: number;
}

export const DEFAULT_LIMITS: RequestLimits = {
  bodyBytes: 3 * 1024 * 1024,
  urlChars: 64 * 1024,
  headerBytes: 64 * 1024,
  headersMs: 30_000,
  nesting: 512,
};
