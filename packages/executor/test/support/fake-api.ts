import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeObject } from '@kubernetes-mesos/api-types';

interface Stored extends KubeObject {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** As much of an API server as an executor talks to: objects, optimistic locking, bindings, graceful deletion, watches. */
export class FakeApi {
  readonly requests: string[] = [];
  readonly #objects = new Map<string, Stored>();
  readonly #watches = new Set<{ readonly prefix: string; readonly response: ServerResponse }>();
  readonly #server: Server;
  #version = 1;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Returns its URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  put(path: string, object: Stored): Stored {
    const existed = this.#objects.has(path);
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.#objects.set(path, stored);
    this.#notify(existed ? 'MODIFIED' : 'ADDED', path, stored);
    return stored;
  }

  get(path: string): Stored | undefined {
    return this.#objects.get(path);
  }

  remove(path: string): void {
    const object = this.#objects.get(path);
    this.#objects.delete(path);
    this.#version += 1;
    if (object !== undefined) this.#notify('DELETED', path, object);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #notify(type: string, path: string, object: Stored): void {
    for (const { prefix, response } of this.#watches) {
      if (path.startsWith(prefix)) response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://api');
    const body = chunks.length === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString()) as Stored);
    const method = request.method ?? 'GET';
    this.requests.push(`${method} ${url.pathname}`);
    const send = (code: number, object: object): void => {
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(object));
    };
    const path = url.pathname.replace('/api/v1', '');
    if (method === 'GET' && url.searchParams.get('watch') !== null) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      this.#watches.add({ prefix: prefixOf(path), response });
      return;
    }
    if (method === 'POST') return this.#create(path, body ?? { metadata: {} }, send);
    const isList = /^\/(pods|nodes|services)$/.test(path);
    if (method === 'GET' && isList) {
      const items = [...this.#objects].filter(([key]) => key.includes(`${path}/`)).map(([, object]) => object);
      return send(200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: String(this.#version) }, items });
    }
    const target = path.replace(/\/status$/, '');
    const object = this.#objects.get(target);
    if (object === undefined) return send(404, failure(404, 'NotFound'));
    if (method === 'PUT') {
      if (body?.metadata.resourceVersion !== object.metadata.resourceVersion)
        return send(409, failure(409, 'Conflict'));
      const annotations = body?.metadata.annotations ?? {};
      const metadata = { ...object.metadata, annotations };
      return send(200, this.put(target, { ...object, metadata, status: body?.status ?? {} }));
    }
    if (method === 'DELETE') {
      this.remove(target);
      return send(200, object);
    }
    send(200, object);
  }

  #create(path: string, body: Stored, send: (code: number, object: object) => void): void {
    const binding = /^(\/namespaces\/[^/]+\/pods\/[^/]+)\/binding$/.exec(path);
    if (binding === null) return send(201, this.put(`${path}/${body.metadata.name ?? ''}`, body));
    const pod = this.#objects.get(binding[1]!);
    if (pod === undefined) return send(404, failure(404, 'NotFound'));
    if (pod.spec?.['nodeName'] !== undefined) return send(409, failure(409, 'Conflict'));
    const target = (body as unknown as { target: { name: string } }).target.name;
    const annotations = { ...pod.metadata.annotations, ...body.metadata.annotations };
    this.put(binding[1]!, {
      ...pod,
      metadata: { ...pod.metadata, annotations },
      spec: { ...pod.spec, nodeName: target },
    });
    send(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' });
  }
}

function prefixOf(path: string): string {
  return path === '/pods' || path === '/services' ? '/namespaces/' : path;
}

function failure(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: reason, reason, code };
}
