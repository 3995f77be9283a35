import { request, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';

/** How one asks the secure port: as whom, and what. */
export interface SecureRequest extends Pick<RequestOptions, 'cert' | 'key' | 'maxVersion' | 'minVersion'> {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
}

export interface SecureAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // Answers are looked into freely in tests.
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- see above
}

/** One request over a TLS connection of its own; the server's certificate is self-made and not looked at. */
export function askSecurely(port: number, path: string, asked: SecureRequest = {}): Promise<SecureAnswer> {
  const { method = 'GET', headers = {}, body, ...tls } = asked;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        rejectUnauthorized: false,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...tls,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: parsed(text) });
        });
        answer.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
