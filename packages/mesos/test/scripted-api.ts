import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeRecord } from '../src/recordio';

export interface ScriptedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An open event stream. */
export interface ScriptedStream {
  send(payload: Buffer): void;
  raw(bytes: Buffer): void;
  end(): void;
  cut(): void;
}

/** A server on a real socket whose answers a test writes. */
export class ScriptedApi {
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly requests: ScriptedRequest[] = [];
  /** Answers one request; the default is 202. */
  handler: (request: ScriptedRequest, response: ServerResponse) => void = (_request, response) =>
    void response.writeHead(202).end();

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.host;
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const scripted = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
    this.requests.push(scripted);
    this.handler(scripted, response);
  }
}

export function openStream(response: ServerResponse, contentType: string, streamId?: string): ScriptedStream {
  response.writeHead(200, {
    'content-type': contentType,
    ...(streamId === undefined ? {} : { 'mesos-stream-id': streamId }),
  });
  response.flushHeaders();
  return {
    send: (payload) => void response.write(encodeRecord(payload)),
    raw: (bytes) => void response.write(bytes),
    end: () => void response.end(),
    cut: () => void response.destroy(),
  };
}
