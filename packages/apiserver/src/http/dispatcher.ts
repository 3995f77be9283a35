import type { IncomingMessage } from 'node:http';
import { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { StatusError, timeoutError, unknownResource, uriTooLong } from '@kubernetes-mesos/api-types';
import { errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import type { ResponseFormat } from '../formats/format';
import type { Filter } from '../filters/filter';
import { Exchange } from './exchange';
import type { RequestMetrics } from './request-metrics';
import { nonResourceInfo, pathSegments, type RequestInfo } from './request-info';
import { sendError } from './responder';
import type { ApiVersion, Route } from './surface';
import { toStatusError } from './to-status-error';
import { noteUpgrade } from './upgrades';
import { isLongRunning } from './request-info';

export interface DispatcherOptions {
  /** `api/v1`, `apis/apps/v1` -> the version. */
  readonly versions: ReadonlyMap<string, ApiVersion>;
  /** Everything that is not below a version: health, discovery, pages. Undefined: there is no such path. */
  readonly coldRoute: (exchange: Exchange) => Route;
  /** What errors are written in when no route is known. */
  readonly errorFormat: (exchange: Exchange) => ResponseFormat;
  readonly metrics: RequestMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  /** ms that a request may take unless it names its own `timeout`. */
  readonly requestTimeoutMs: number;
  readonly maxUrlChars: number;
}

/** From a request to its route, through the filters; nothing escapes but as an answer. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #filters: readonly Filter[];

  /** @param filters in order; each may refuse by throwing */
  constructor(options: DispatcherOptions, filters: readonly Filter[]) {
    this.#options = options;
    this.#filters = filters;
  }

  /** For `http.Server`. */
  readonly onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    void this.#serve(new Exchange(request, response, this.#options.clock.now()));
  };

  readonly onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const response = new ServerResponse(request);
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
    response.shouldKeepAlive = false;
    response.once('finish', () => socket.end());
    socket.on('error', () => socket.destroy());
    noteUpgrade(request, { socket, head, response });
    void this.#serve(new Exchange(request, response, this.#options.clock.now()));
  };

  async #serve(exchange: Exchange): Promise<void> {
    const { metrics, clock } = this.#options;
    const startedMs = clock.monotonic();
    let info: RequestInfo | undefined;
    let format: ResponseFormat | undefined;
    try {
      const route = this.#routeOrRefusal(exchange);
      info = route.info;
      format = route.errorFormat;
      await this.#filterAndServe(exchange, route);
    } catch (error) {
      this.#fail(exchange, error, format);
    }
    metrics.observe(info, exchange, clock.monotonic() - startedMs);
  }

  /** What has no route goes through the filters too: to strangers everything looks the same. */
  #routeOrRefusal(exchange: Exchange): Route {
    try {
      return this.#route(exchange);
    } catch (error) {
      return plainRoute(exchange, this.#options.errorFormat(exchange), () => Promise.reject(toStatusError(error)));
    }
  }

  #route(exchange: Exchange): Route {
    const { path } = exchange;
    if (path.length + exchange.search.length > this.#options.maxUrlChars) throw uriTooLong();
    const isApi = path.startsWith('/api/') || path.startsWith('/apis/');
    if (!isApi) return this.#options.coldRoute(exchange);
    const segments = pathSegments(path);
    if (segments === undefined) return this.#malformedRoute(exchange);
    const depth = segments[0] === 'api' ? 2 : 3;
    if (segments.length < depth) {
      return this.#misplacedCoreVersion(segments)?.route(exchange, []) ?? this.#options.coldRoute(exchange);
    }
    const version = this.#options.versions.get(segments.slice(0, depth).join('/'));
    if (version === undefined) throw unknownResource();
    return version.route(exchange, segments.slice(depth));
  }

  /** Go's discovery client asks for the resources of core versions at `/apis/VERSION`, all but those of `v1`. */
  #misplacedCoreVersion([prefix, version = '', ...rest]: readonly string[]): ApiVersion | undefined {
    if (prefix !== 'apis' || version === 'v1' || rest.length > 0) return undefined;
    return this.#options.versions.get(`api/${version}`);
  }

  #malformedRoute(exchange: Exchange): Route {
    const [prefix = '', version = ''] = exchange.path.slice(1).split('/');
    const malformed = this.#options.versions.get(`${prefix}/${version}`)?.malformedRoute?.(exchange);
    if (malformed === undefined) throw unknownResource();
    return malformed;
  }

  async #filterAndServe(exchange: Exchange, route: Route): Promise<void> {
    const timer = this.#startTimer(exchange, route);
    const leave: (() => void)[] = [];
    try {
      for (const filter of this.#filters) {
        // Most know at once: to wait for each would be half of a request's turns through the queue.
        const pending = filter(exchange, route.info);
        const outcome = pending instanceof Promise ? await pending : pending;
        if (outcome === 'answered') return;
        if (typeof outcome === 'function') leave.push(outcome);
      }
      await route.serve(exchange);
    } finally {
      timer?.cancel();
      for (const each of leave) each();
    }
  }

  #startTimer(exchange: Exchange, route: Route): { cancel(): void } | undefined {
    if (isLongRunning(route.info)) return undefined;
    return this.#options.clock.setTimer(() => {
      const error = timeoutError('request did not complete within the allotted timeout');
      this.#fail(exchange, error, route.errorFormat);
      exchange.abort(error);
    }, this.#options.requestTimeoutMs);
  }

  #fail(exchange: Exchange, thrown: unknown, format: ResponseFormat | undefined): void {
    const error = toStatusError(thrown);
    if (error.code >= 500 && error.code !== 504) this.#log(exchange, error, thrown);
    try {
      sendError(exchange, format ?? this.#options.errorFormat(exchange), error);
    } catch (failure) {
      this.#options.logger.warn('an error could not be answered', { error: errorMessage(failure) });
      exchange.response.destroy();
    }
  }

  #log(exchange: Exchange, error: StatusError, thrown: unknown): void {
    const { logger } = this.#options;
    const fields = { method: exchange.method, path: exchange.path, code: error.code };
    if (thrown instanceof StatusError || error.reason !== 'InternalError')
      logger.warn('request failed', { ...fields, error: thrown });
    else logger.error('request failed unexpectedly', { ...fields, error: thrown, stack: stackOf(thrown) });
  }
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined;
}

/** A route outside the versions. */
export function plainRoute(
  exchange: Exchange,
  errorFormat: ResponseFormat,
  serve: (exchange: Exchange) => Promise<void>,
): Route {
  return { info: nonResourceInfo(exchange.method, exchange.path), errorFormat, serve };
}
