import { StatusError, type KubeList, type KubeObject, type Status } from '@kubernetes-mesos/api-types';
import { silentLogger, systemClock, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { failureOf, isStatus, listOf, objectOf, parseJson } from './answers';
import { ClientConfigError } from './errors';
import { deleteBody, listQuery, resourcePath } from './resource-path';
import type {
  ClientWatchEvent,
  DeleteOptions,
  KubeClient,
  ListOptions,
  NamespacedName,
  Patch,
  ResourceRef,
  WatchOptions,
} from './rest-client';
import { parseServerAddress } from './server-address';
import { Transport, type ClientTls, type TransportRequest } from './transport';
import { watchEvents } from './watch-stream';

export interface KubeClientOptions {
  /** `host:port`, `http://...` or `https://...`; the first that answers is kept to, the others are for fail-over. */
  readonly servers: readonly string[];
  /** Bearer token. */
  readonly token?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly tls?: ClientTls;
  /** Names the role in the server's logs and in managedFields. */
  readonly userAgent?: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Attempts of one call, the first included. Default 4. */
  readonly maxAttempts?: number;
  /** Longest wait for (the next piece of) an answer, ms. Default 60 s. */
  readonly timeoutMs?: number;
}

/**
 * A client of one API, served by one or several servers.
 * @throws ClientConfigError for an address that cannot be read, or for no address
 */
export function createKubeClient(options: KubeClientOptions): KubeClient {
  const { token, basic, tls, userAgent = 'kubernetes-mesos', maxAttempts = 4, timeoutMs = 60_000 } = options;
  if (options.servers.length === 0) throw new ClientConfigError('no address of an API server is given');
  const hasTls =
    tls !== undefined && (tls.ca !== undefined || tls.cert !== undefined || tls.insecureSkipVerify === true);
  return new HttpKubeClient(
    new Transport({
      servers: options.servers.map((server) => parseServerAddress(server, hasTls)),
      headers: { 'user-agent': userAgent, ...authorization(token, basic) },
      ...(tls === undefined ? {} : { tls }),
      clock: options.clock ?? systemClock,
      logger: options.logger ?? silentLogger,
      maxAttempts,
      timeoutMs,
    }),
  );
}

const PATCH_TYPE: Readonly<Record<Patch['kind'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

class HttpKubeClient implements KubeClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async get<T extends KubeObject>(resource: ResourceRef<T>, key: NamespacedName): Promise<T> {
    return objectOf(await this.#json({ method: 'GET', path: objectPath(resource, key) }));
  }

  async list<T extends KubeObject>(resource: ResourceRef<T>, options: ListOptions = {}): Promise<KubeList<T>> {
    const answer = await this.#json({
      method: 'GET',
      path: resourcePath(resource, options.namespace) + listQuery(options),
      ...signalOf(options),
    });
    return listOf(answer, groupVersionOf(resource), resource.kind);
  }

  async create<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T> {
    const path = resourcePath(resource, namespaceOf(resource, object));
    return objectOf(await this.#json(withJson({ method: 'POST', path }, typed(resource, object))));
  }

  async update<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T> {
    const path = resourcePath(resource, namespaceOf(resource, object), nameOf(object));
    return objectOf(await this.#json(withJson({ method: 'PUT', path }, typed(resource, object))));
  }

  async updateStatus<T extends KubeObject>(resource: ResourceRef<T>, object: T): Promise<T> {
    const path = resourcePath(resource, namespaceOf(resource, object), nameOf(object), 'status');
    return objectOf(await this.#json(withJson({ method: 'PUT', path }, typed(resource, object))));
  }

  async patch<T extends KubeObject>(resource: ResourceRef<T>, key: NamespacedName, patch: Patch): Promise<T> {
    const request = withJson({ method: 'PATCH', path: objectPath(resource, key, patch.subresource) }, patch.body);
    return objectOf(await this.#json({ ...request, contentType: PATCH_TYPE[patch.kind] }));
  }

  async delete<T extends KubeObject>(
    resource: ResourceRef<T>,
    key: NamespacedName,
    options: DeleteOptions = {},
  ): Promise<T | Status> {
    const answer = await this.#json(
      withJson({ method: 'DELETE', path: objectPath(resource, key) }, deleteBody(options)),
    );
    return isStatus(answer) ? answer : objectOf(answer);
  }

  async deleteCollection(
    resource: ResourceRef,
    selection: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>,
    options: DeleteOptions = {},
  ): Promise<void> {
    const path = resourcePath(resource, selection.namespace) + listQuery(selection);
    await this.#json(withJson({ method: 'DELETE', path }, deleteBody(options)));
  }

  async subresource(
    method: 'POST' | 'PUT',
    resource: ResourceRef,
    key: NamespacedName,
    subresource: string,
    body: unknown,
  ): Promise<unknown> {
    return this.#json(withJson({ method, path: objectPath(resource, key, subresource) }, body));
  }

  watch<T extends KubeObject>(resource: ResourceRef<T>, options: WatchOptions): AsyncIterable<ClientWatchEvent<T>> {
    return watchEvents<T>(this.#transport, resource, options);
  }

  async raw(
    path: string,
    options: { signal?: AbortSignal } = {},
  ): Promise<{ readonly status: number; readonly body: string }> {
    const { code, body } = await this.#transport.call({ method: 'GET', path, accept: '*/*', ...signalOf(options) });
    return { status: code, body };
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #json(request: TransportRequest): Promise<unknown> {
    const { code, body } = await this.#transport.call(request);
    if (code >= 400) throw failureOf(code, body);
    if (code >= 300) throw unexpectedRedirect(code);
    return parseJson(body);
  }
}

function authorization(
  token: string | undefined,
  basic: { readonly username: string; readonly password: string } | undefined,
): Record<string, string> {
  if (token !== undefined && token !== '') return { authorization: `Bearer ${token}` };
  if (basic === undefined) return {};
  const credentials = Buffer.from(`${basic.username}:${basic.password}`, 'utf8').toString('base64');
  return { authorization: `Basic ${credentials}` };
}

function objectPath(resource: ResourceRef, key: NamespacedName, subresource?: string): string {
  return resourcePath(resource, resource.namespaced ? defaulted(key.namespace) : undefined, key.name, subresource);
}

function namespaceOf(resource: ResourceRef, object: KubeObject): string | undefined {
  return resource.namespaced ? defaulted(object.metadata.namespace) : undefined;
}

function defaulted(namespace: string | undefined): string {
  return namespace === undefined || namespace === '' ? 'default' : namespace;
}

function nameOf(object: KubeObject): string {
  const { name } = object.metadata;
  if (name === undefined || name === '') throw new TypeError('an object without a name cannot be updated');
  return name;
}

function groupVersionOf(resource: ResourceRef): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** With kind and apiVersion in front, as the server expects them in a body. */
function typed(resource: ResourceRef, object: KubeObject): KubeObject {
  if (object.kind !== undefined && object.apiVersion !== undefined) return object;
  return { ...object, kind: resource.kind, apiVersion: groupVersionOf(resource) };
}

function withJson(request: TransportRequest, body: unknown): TransportRequest {
  if (body === undefined) return request;
  return { ...request, body: JSON.stringify(body), contentType: 'application/json' };
}

function signalOf(options: { readonly signal?: AbortSignal }): { signal?: AbortSignal } {
  return options.signal === undefined ? {} : { signal: options.signal };
}

function unexpectedRedirect(code: number): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `the server answered with a redirection (${code}), which the API does not use here`,
    reason: 'Unknown',
    code,
  });
}
