import { pipeline } from 'node:stream/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ContainerRuntime, LogOptions } from '../runtime/runtime';
import { LookupError } from './container-lookup';

/** Options of `/containerLogs` as the API's log options spell them. Pure. @throws LookupError for what is no number or time */
export function logOptions(query: URLSearchParams, now: number): LogOptions & { readonly previous: boolean } {
  const flag = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');
  const count = (name: string): number | undefined => {
    const text = query.get(name);
    if (text === null || text === '' || (name === 'tail' && text === 'all')) return undefined;
    if (!/^-?\d+$/.test(text)) throw new LookupError(400, `${name} must be a number, not ${text}`);
    return Number(text) < 0 ? undefined : Number(text);
  };
  const tailLines = count('tailLines') ?? count('tail');
  const limitBytes = count('limitBytes');
  const sinceSeconds = count('sinceSeconds');
  const sinceTime = query.get('sinceTime') ?? '';
  const since =
    sinceSeconds !== undefined ? now - sinceSeconds * 1000 : sinceTime === '' ? undefined : Date.parse(sinceTime);
  if (since !== undefined && Number.isNaN(since))
    throw new LookupError(400, `sinceTime must be a time, not ${sinceTime}`);
  return {
    follow: flag('follow'),
    timestamps: flag('timestamps'),
    previous: flag('previous'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(since === undefined ? {} : { since }),
  };
}

/** Streams a container's log until it ends or the reader leaves. */
export async function sendLog(
  runtime: ContainerRuntime,
  id: string,
  options: LogOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const abort = new AbortController();
  request.once('close', () => abort.abort());
  response.once('close', () => abort.abort());
  const stream = await runtime.logs(id, { ...options, signal: abort.signal });
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.flushHeaders();
  try {
    await pipeline(stream, response);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
}
