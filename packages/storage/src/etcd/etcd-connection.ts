/** Where etcd is, and how to reach it. */
export interface EtcdConnectionOptions {
  /** `http://host:port`, `https://host:port` or `host:port`. */
  readonly endpoints: readonly string[];
  readonly tls?: EtcdTlsOptions;
  /** Longest wait for one answer, ms. Default 5,000. */
  readonly callTimeoutMs?: number;
  /** Silence after which the connection is probed, and how long the probe may take, ms. Default 10,000 and 5,000. */
  readonly keepalive?: { readonly timeMs: number; readonly timeoutMs: number };
}

/** PEM */
export interface EtcdTlsOptions {
  readonly ca: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export const DEFAULT_CALL_TIMEOUT_MS = 5_000;
/** etcd closes connections that probe more often than every 5 s (`--grpc-keepalive-min-time`). */
export const DEFAULT_KEEPALIVE = { timeMs: 10_000, timeoutMs: 5_000 };
