import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A real HTTP server whose answers the test scripts. */
export class ApiStub {
  readonly seen: SeenRequest[] = [];
  /** Answers a request; may keep the response open. */
  handler: (request: SeenRequest, response: ServerResponse) => void = (_request, response) => {
    response.writeHead(404).end();
  };
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const seen: SeenRequest = {
          method: request.method ?? '',
          url: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        };
        this.seen.push(seen);
        this.handler(seen, response);
      });
    });
  }

  static async start(port = 0): Promise<ApiStub> {
    const stub = new ApiStub();
    await new Promise<void>((resolve) => stub.#server.listen(port, '127.0.0.1', resolve));
    return stub;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Answers every request with this JSON. */
  answer(code: number, body: unknown, headers: Record<string, string> = {}): void {
    this.handler = (_request, response) => sendJson(response, code, body, headers);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function sendJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
