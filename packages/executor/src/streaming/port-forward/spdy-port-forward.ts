import { createWebSocketStream } from 'ws';
import type { SpdyHeaders } from '../spdy/header-block';
import { SpdyConnection, type SpdyConnectionOptions } from '../spdy/spdy-connection';
import type { SpdyStream } from '../spdy/spdy-stream';
import { upgradeToSpdy, type UpgradeRequest } from '../upgrade';
import { upgradeToWebSocket } from '../web-socket-channels';
import { forwardPort, parsePort, type PortForwarder } from './forwarder';

const PROTOCOL = 'portforward.k8s.io';
/** The same frames as the messages of a WebSocket. */
export const TUNNEL_PROTOCOL = `SPDY/3.1+${PROTOCOL}`;

/** How long the second stream of a pair may be in coming. */
const PAIR_PATIENCE_MS = 30_000;

/**
 * Serves one client's port-forward: any number of connections to the pod, each a pair of streams with the same
 * `requestid`, one for the data and one for what went wrong.
 * @throws UpgradeError before anything has been answered
 */
export async function serveSpdyPortForward(upgrade: UpgradeRequest, forwarder: PortForwarder): Promise<void> {
  const pairs = new StreamPairs(forwarder);
  await pairs.serve(upgradeToSpdy(upgrade, [PROTOCOL], () => pairs.options));
}

/** The same through a WebSocket, as `kubectl` since 1.31. */
export async function serveTunnelledPortForward(upgrade: UpgradeRequest, forwarder: PortForwarder): Promise<void> {
  const { socket } = await upgradeToWebSocket(upgrade, [TUNNEL_PROTOCOL]);
  const pairs = new StreamPairs(forwarder);
  await pairs.serve(new SpdyConnection(createWebSocketStream(socket), pairs.options));
}

class StreamPairs {
  readonly options: SpdyConnectionOptions = {
    accept: (headers) => isPortStream(headers),
    onStream: (stream) => this.#add(stream),
  };
  readonly #forwarder: PortForwarder;
  /** Streams whose other half has not come yet. */
  readonly #waiting = new Map<string, { readonly stream: SpdyStream; readonly timer: NodeJS.Timeout }>();

  constructor(forwarder: PortForwarder) {
    this.#forwarder = forwarder;
  }

  /** Until the client or the pod is gone. */
  async serve(connection: SpdyConnection): Promise<void> {
    const end = (): void => void connection.close(0);
    this.#forwarder.gone.addEventListener('abort', end);
    await connection.closed;
    this.#forwarder.gone.removeEventListener('abort', end);
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }

  #add(stream: SpdyStream): void {
    const id = requestId(stream);
    const other = this.#waiting.get(id);
    if (other === undefined) {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        tellAndEnd(stream, `(request=${id}) timed out waiting for streams`);
      }, PAIR_PATIENCE_MS);
      this.#waiting.set(id, { stream, timer });
      return;
    }
    const type = stream.headers.get('streamtype') ?? '';
    if (other.stream.headers.get('streamtype') === type) {
      tellAndEnd(stream, `error processing stream for request ${id}: ${type} stream already assigned`);
      return;
    }
    clearTimeout(other.timer);
    this.#waiting.delete(id);
    const [data, errors] = type === 'data' ? [stream, other.stream] : [other.stream, stream];
    void this.#forward(data, errors);
  }

  async #forward(data: SpdyStream, errors: SpdyStream): Promise<void> {
    // The client says nothing on it, but its end frees the stream.
    errors.resume();
    const problem = await forwardPort(this.#forwarder, parsePort(data.headers.get('port') ?? ''), data);
    errors.end(problem);
  }
}

function isPortStream(headers: SpdyHeaders): boolean {
  const type = headers.get('streamtype');
  if (type !== 'data' && type !== 'error') return false;
  try {
    parsePort(headers.get('port') ?? '');
    return true;
  } catch {
    return false;
  }
}

/** Clients of 2015 name no request: they open the error stream and, next, the data stream. */
function requestId({ headers, id }: SpdyStream): string {
  const given = headers.get('requestid') ?? '';
  if (given !== '') return given;
  return String(headers.get('streamtype') === 'data' ? id - 2 : id);
}

/** A data stream has no place for words. */
function tellAndEnd(stream: SpdyStream, message: string): void {
  if (stream.headers.get('streamtype') === 'error') {
    stream.resume();
    stream.end(message);
  } else stream.destroy();
}
