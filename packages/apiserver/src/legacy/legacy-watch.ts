import type { KubeObject } from '@kubernetes-mesos/api-types';
import type { Clock } from '@kubernetes-mesos/component-base';
import {
  commitsBetween,
  CompactedError,
  revisionBefore,
  type StoredObject,
  type WatchEvent,
} from '@kubernetes-mesos/storage';
import type { ServedResource } from '../endpoints/served-resource';
import { startWatch } from '../endpoints/watch';
import type { WatchEventType } from '../formats/format';
import type { Exchange } from '../http/exchange';
import type { ApiTools } from '../http/surface';
import { isUpgrade, takeUpgrade } from '../http/upgrades';
import { acceptWebSocket, HttpWatchSink, WebSocketWatchSink, type WatchSink } from '../http/watch-sink';
import type { Selection } from '../selectors/selection';
import type { LegacyFormat } from './legacy-format';
import { answerText } from './text-answers';

/** The store behind release 0.14 remembered so many changes; a watch from before them has to list again. */
const HISTORY = 1000;

/**
 * Streams the changes of a resource as release 0.14 did: no content type, no end, no 410. Without a version, or with 0,
 * the present objects come first.
 */
export async function serveLegacyWatch(
  tools: ApiTools,
  exchange: Exchange,
  resource: ServedResource,
  namespace: string,
  selection: Selection,
  revision: number,
  format: LegacyFormat,
): Promise<void> {
  const isWebSocket = isUpgrade(exchange.request, 'websocket');
  if (isWebSocket && exchange.request.headers.origin === undefined) {
    answerText(exchange, 403, 'null origin');
    return;
  }
  const sink = isWebSocket ? await webSocketSink(exchange) : new UntypedSink(exchange, format);
  const close = tools.metrics.watchOpened(resource.definition.names.plural);
  try {
    const options = { resource, namespace, selection, revision, format, sink, clock: tools.clock };
    await stream(options, [exchange.signal, tools.stopping]);
  } finally {
    close();
    sink.end();
  }
}

interface Stream {
  readonly resource: ServedResource;
  readonly namespace: string;
  readonly selection: Selection;
  readonly revision: number;
  readonly format: LegacyFormat;
  readonly sink: WatchSink;
  readonly clock: Pick<Clock, 'now'>;
}

async function stream(options: Stream, signals: AbortSignal[]): Promise<void> {
  const { resource, namespace, selection, revision, sink, clock } = options;
  const { ttlSeconds } = resource.definition;
  const signal = AbortSignal.any(signals);
  sink.open();
  const { currentRevision } = resource.store;
  if (revision !== 0 && commitsBetween(revision, currentRevision) > HISTORY) {
    writeTooOld(options, revision, currentRevision);
    return;
  }
  const start = await startWatch(resource, namespace, selection, { revision, initialEvents: undefined });
  for (const present of start.present) await send(options, hasChanged(present) ? 'MODIFIED' : 'ADDED', present.object);
  try {
    const events = resource.store.watch({
      ...(namespace === '' ? {} : { namespace }),
      fromRevision: start.fromRevision,
      signal,
    });
    for await (const batch of events) {
      for (const event of batch) {
        if (isExpiry(event, ttlSeconds, clock.now())) continue;
        const change = legacyChange(selection, event);
        if (change !== undefined) await send(options, change.type, change.object);
      }
      if (signal.aborted) return;
    }
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error;
    writeTooOld(options, error.requested, resource.store.currentRevision);
  }
}

/** Leaving the selection is a deletion, told with the state and the version of before. */
function legacyChange(
  selection: Selection,
  event: WatchEvent,
): { readonly type: WatchEventType; readonly object: KubeObject } | undefined {
  const matches = selection.matches(event.object.object);
  switch (event.type) {
    case 'ADDED':
      return matches ? { type: 'ADDED', object: event.object.object } : undefined;
    case 'DELETED':
      return matches ? { type: 'DELETED', object: event.object.object } : undefined;
    case 'MODIFIED': {
      const matched = selection.matches(event.previous.object);
      if (matches) return { type: matched ? 'MODIFIED' : 'ADDED', object: event.object.object };
      return matched ? { type: 'DELETED', object: event.previous.object } : undefined;
    }
  }
}

/** Whether an object went because its time was up: of that nobody was told. */
export function isExpiry({ type, object }: WatchEvent, ttlSeconds: number | undefined, nowMs: number): boolean {
  if (type !== 'DELETED' || ttlSeconds === undefined) return false;
  const { metadata, lastTimestamp }: KubeObject & { readonly lastTimestamp?: unknown } = object.object;
  const written = [metadata.creationTimestamp, lastTimestamp].map((time) => Date.parse(String(time)));
  return Math.max(...written.filter((ms) => !Number.isNaN(ms))) + ttlSeconds * 1000 <= nowMs;
}

/** Whether an object was written again after it was created, as far as the store tells. */
function hasChanged({ revision, createdRevision }: StoredObject): boolean {
  return createdRevision !== undefined && createdRevision !== revision;
}

async function send({ sink, format, resource }: Stream, type: WatchEventType, object: KubeObject): Promise<void> {
  const event = format.event(resource, type, { object });
  if (!sink.write(sink.joins ? Buffer.concat([event, format.frameEnd]) : event)) await sink.drained();
}

function writeTooOld({ sink, format, resource }: Stream, requested: number, current: number): void {
  const oldest = revisionBefore(current, HISTORY);
  const event = format.plainEvent(resource, 'ERROR', {
    status: 'Failure',
    message:
      '401: The event in requested index is outdated and cleared ' +
      `(the requested history has been cleared [${oldest}/${requested}]) [${current}]`,
  });
  sink.write(sink.joins ? Buffer.concat([event, format.frameEnd]) : event);
}

async function webSocketSink(exchange: Exchange): Promise<WatchSink> {
  const { socket, head } = takeUpgrade(exchange);
  const webSocket = await acceptWebSocket(exchange.request, socket, head);
  webSocket.on('error', () => webSocket.terminate());
  webSocket.once('close', () => exchange.abort(new Error('the client closed the WebSocket')));
  return new WebSocketWatchSink(webSocket);
}

/** A chunked answer that does not say what it holds. */
class UntypedSink extends HttpWatchSink {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange, format: LegacyFormat) {
    super(exchange, format);
    this.#exchange = exchange;
  }

  override open(): void {
    const { response } = this.#exchange;
    response.writeHead(200);
    response.flushHeaders();
    response.socket?.setNoDelay(true);
    response.socket?.setTimeout(0);
  }
}
