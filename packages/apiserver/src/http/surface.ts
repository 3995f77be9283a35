import type { VerbServices } from '../endpoints/services';
import type { Formats } from '../formats/formats';
import type { ResponseFormat } from '../formats/format';
import type { PatchExtensions } from '../patch/patches';
import type { Clock } from '@kubernetes-mesos/component-base';
import type { BodyDecoder } from './body-decoder';
import type { Exchange } from './exchange';
import type { RequestLimits } from './limits';
import type { RequestInfo } from './request-info';
import type { RequestMetrics } from './request-metrics';
import type { YamlReader } from './yaml-reader';

/** What a request turned out to mean, and what serves it. */
export interface Route {
  readonly info: RequestInfo;
  /** In what a failure of this route is written. */
  readonly errorFormat: ResponseFormat;
  /** Bytes after the headers of an upgrade request, when it is one. */
  serve(exchange: Exchange): Promise<void>;
}

/** One API version: everything below `/api/v1`, `/apis/apps/v1`, ... */
export interface ApiVersion {
  /** `v1`, `apps/v1` */
  readonly groupVersion: string;
  /**
   * Finds the route of a path below the version (`segments` decoded).
   * @throws StatusError 404, 405, 406
   */
  route(exchange: Exchange, segments: readonly string[]): Route;
  /** What a path below the version is that has empty segments or bad escapes; absent: 404. */
  malformedRoute?(exchange: Exchange): Route;
}

/** What the handlers of a version work with. */
export interface ApiTools {
  readonly services: VerbServices;
  readonly formats: Formats;
  readonly decoder: BodyDecoder;
  readonly patches: PatchExtensions;
  readonly limits: RequestLimits;
  readonly yaml: YamlReader;
  readonly clock: Clock;
  /** Shortest time a watch lasts when the client names none, ms; it ends at random between this and twice this. */
  readonly minWatchMs: number;
  /** Aborts when the server stops: watches end. */
  readonly stopping: AbortSignal;
  readonly metrics: RequestMetrics;
}
