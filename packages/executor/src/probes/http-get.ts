import http from 'node:http';
import https from 'node:https';
import type { HttpGetAction } from '../api/core-v1';

export interface HttpAnswer {
  readonly status: number;
  /** First 10 KiB at most. */
  readonly body: string;
}

const MAX_BODY_BYTES = 10 * 1024;

/** One GET as a probe or a hook makes it: no redirects followed, no certificate checked. */
export function httpGet(
  action: HttpGetAction,
  target: { readonly host: string; readonly port: number },
  timeoutMs: number,
): Promise<HttpAnswer> {
  const secure = (action.scheme ?? 'HTTP').toUpperCase() === 'HTTPS';
  const headers: Record<string, string> = { 'User-Agent': 'kube-probe/1.0', Accept: '*/*' };
  for (const { name, value } of action.httpHeaders ?? []) headers[name] = value;
  const path = action.path === undefined || action.path === '' ? '/' : action.path;
  const options = {
    host: target.host,
    port: target.port,
    path: path.startsWith('/') ? path : `/${path}`,
    headers,
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
  };
  return new Promise<HttpAnswer>((resolve, reject) => {
    const onResponse = (response: http.IncomingMessage): void => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = (): void =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      response.on('data', (chunk: Buffer) => {
        if (size < MAX_BODY_BYTES) chunks.push(chunk.subarray(0, MAX_BODY_BYTES - size));
        size += chunk.length;
        if (size >= MAX_BODY_BYTES) {
          done();
          response.destroy();
        }
      });
      response.on('end', done);
      response.on('error', reject);
    };
    const request = secure
      ? https.get({ ...options, rejectUnauthorized: false }, onResponse)
      : http.get(options, onResponse);
    request.on('error', reject);
  });
}
