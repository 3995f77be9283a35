import { encodeHeaders } from '../../src/http2/header-encoder';
import type { Http2Connection } from '../../src/http2/connection';
import type { RequestStream, StreamFailure } from '../../src/http2/request-stream';

export interface Exchange {
  readonly stream: RequestStream;
  /** Header blocks so far. */
  readonly headers: Record<string, string>[];
  /** Body so far. */
  readonly body: () => Buffer;
  /** `'ended'`, or how it broke. */
  readonly outcome: Promise<'ended' | StreamFailure>;
}

const HEADERS = encodeHeaders([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'test'],
]);

/** One request, and what comes of it. */
export function exchange(connection: Http2Connection, body: Buffer, endsWithBody = true): Exchange {
  const headers: Record<string, string>[] = [];
  const parts: Buffer[] = [];
  let settle: (outcome: 'ended' | StreamFailure) => void = () => undefined;
  const outcome = new Promise<'ended' | StreamFailure>((resolve) => (settle = resolve));
  const stream = connection.request(
    { headers: HEADERS, body, endsWithBody },
    {
      onHeaders: (fields, ended) => {
        headers.push(Object.fromEntries(fields));
        if (ended) settle('ended');
      },
      onData: (bytes, ended) => {
        parts.push(Buffer.from(bytes));
        if (ended) settle('ended');
      },
      onBroken: settle,
    },
  );
  return { stream, headers, body: () => Buffer.concat(parts), outcome };
}
