import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { SpdyConnection, type SpdyConnectionOptions } from './spdy/spdy-connection';

/** The connection of an upgrade request, before anything has been answered. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came after the headers. */
  readonly head: Buffer;
}

/** The upgrade is refused; the answer is to be `status` with the message. */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError';
  readonly status: 400 | 403;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: 400 | 403, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const OFFER_HEADER = 'x-stream-protocol-version';

export function asksFor(request: IncomingMessage, protocol: 'websocket' | 'spdy/3.1'): boolean {
  const { connection = '', upgrade = '' } = request.headers;
  return /\bupgrade\b/i.test(connection) && upgrade.toLowerCase().includes(protocol);
}

/**
 * What is spoken in the streams: the first of the client's offers that is `served`, `''` when it offers nothing, as
 * clients of 2015. Pure.
 * @throws UpgradeError
 */
export function negotiate(offered: readonly string[], served: readonly string[]): string {
  if (offered.length === 0) return '';
  const chosen = offered.find((protocol) => served.includes(protocol));
  if (chosen !== undefined) return chosen;
  const message = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${served.join(' ')}]`;
  throw new UpgradeError(403, message, { 'X-Accepted-Stream-Protocol-Versions': served.join(', ') });
}

/**
 * Answers 101 and goes on in SPDY; `open` is told the protocol of the streams.
 * @throws UpgradeError before anything has been answered
 */
export function upgradeToSpdy(
  { request, socket, head }: UpgradeRequest,
  served: readonly string[],
  open: (protocol: string) => SpdyConnectionOptions,
): SpdyConnection {
  if (!asksFor(request, 'spdy/3.1')) {
    throw new UpgradeError(400, 'unable to upgrade: missing upgrade headers in request');
  }
  const offered = [request.headers[OFFER_HEADER] ?? []].flat().flatMap((value) => value.split(','));
  const protocol = negotiate(
    offered.map((text) => text.trim()).filter((text) => text !== ''),
    served,
  );
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: SPDY/3.1'];
  if (protocol !== '') lines.push(`X-Stream-Protocol-Version: ${protocol}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  return new SpdyConnection(socket, open(protocol), head);
}
