import type { HostPort } from './node-address';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
};

/** The other end did not take the connection in time. */
export class DialTimeoutError extends Error {
  override readonly name = 'DialTimeoutError';
  readonly code = 'ETIMEDOUT';
}

/** Why there is no connection, in the words of the servers of Kubernetes. Pure. */
export function dialErrorText({ host, port }: HostPort, error: NodeJS.ErrnoException): string {
  const { code = '' } = error;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `dial tcp: lookup ${host}: no such host`;
  const reason = REASONS[code];
  return reason === undefined ? error.message : `dial tcp ${host}:${port}: ${reason}`;
}
