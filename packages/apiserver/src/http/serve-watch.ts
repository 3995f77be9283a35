import { badRequest, notAcceptable } from '@kubernetes-mesos/api-types';
import { watchQuery } from '../endpoints/list-options';
import type { ServedResource } from '../endpoints/served-resource';
import { startWatch } from '../endpoints/watch';
import { parseSelection, selectName } from '../selectors/selection';
import type { Exchange } from './exchange';
import type { Place } from './resource-routes';
import type { ApiTools } from './surface';
import { isUpgrade, takeUpgrade } from './upgrades';
import { formatOf } from './wanted-format';
import { pumpWatch } from './watch-pump';
import { acceptWebSocket, HttpWatchSink, WebSocketWatchSink, type WatchSink } from './watch-sink';

/**
 * WATCH of a collection, or of one object (`place.name`). Everything that can be refused is refused before the stream
 * begins.
 */
export async function serveWatch(
  tools: ApiTools,
  exchange: Exchange,
  resource: ServedResource,
  place: Place,
): Promise<void> {
  const format = formatOf(tools, exchange);
  if (format.contentType === 'application/yaml') throw notAcceptable('406: Not Acceptable', {});
  const query = watchQuery(exchange.query);
  if (place.name !== '' && query.fieldSelector !== '') {
    throw badRequest('both a name and a field selector provided; please provide one or the other.');
  }
  const selection =
    place.name === ''
      ? parseSelection(resource, query.labelSelector, query.fieldSelector)
      : selectName(resource, place.name);
  const start = await startWatch(resource, place.namespace, selection, query);
  const timeoutMs = query.timeoutSeconds > 0 ? query.timeoutSeconds * 1000 : tools.minWatchMs * (1 + Math.random());
  const signal = AbortSignal.any([exchange.signal, tools.stopping]);
  const options = {
    resource,
    namespace: place.namespace,
    selection,
    format,
    clock: tools.clock,
    allowBookmarks: query.allowBookmarks,
    timeoutMs,
    signal,
  };
  const close = tools.metrics.watchOpened(resource.definition.names.plural);
  try {
    await pumpWatch({ ...options, sink: await sinkOf(exchange, format) }, start);
  } finally {
    close();
  }
}

async function sinkOf(exchange: Exchange, format: ReturnType<typeof formatOf>): Promise<WatchSink> {
  if (!isUpgrade(exchange.request, 'websocket')) return new HttpWatchSink(exchange, format);
  const { socket, head } = takeUpgrade(exchange);
  const webSocket = await acceptWebSocket(exchange.request, socket, head);
  webSocket.on('error', () => webSocket.terminate());
  webSocket.once('close', () => exchange.abort(new Error('the client closed the WebSocket')));
  return new WebSocketWatchSink(webSocket, format.framePrefixBytes);
}
