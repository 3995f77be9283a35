import { request, type Agent } from 'node:http';
import type { FuzzRequest } from './requests';

export interface FuzzAnswer {
  readonly status: number;
  readonly text: string;
}

/** How long an answer may take before it counts as none, ms. */
const HANG_MS = 30_000;
/** What has not ended so long after its headers is a stream, ms. */
const STREAM_MS = 50;

/**
 * The answer, or what has come of one that is a stream.
 * @throws Error when none comes, or the connection breaks
 */
export function send(port: number, agent: Agent, { method, path, headers, body }: FuzzRequest): Promise<FuzzAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      const finish = (): void => {
        clearTimeout(streaming);
        clearTimeout(hanging);
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      };
      const streaming = setTimeout(() => {
        finish();
        if (isStream(method, path)) outgoing.destroy();
      }, STREAM_MS);
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', finish);
      answer.on('error', () => undefined);
    });
    const hanging = setTimeout(() => {
      reject(new Error(`no answer: ${method} ${path}`));
      outgoing.destroy();
    }, HANG_MS);
    outgoing.on('upgrade', (answer, socket) => {
      socket.destroy();
      clearTimeout(hanging);
      resolve({ status: answer.statusCode ?? 0, text: '' });
    });
    outgoing.on('error', (error) => {
      clearTimeout(hanging);
      reject(error);
    });
    outgoing.end(body);
  });
}

function isStream(method: string, path: string): boolean {
  return method === 'GET' && /watch|\/log/.test(path);
}
