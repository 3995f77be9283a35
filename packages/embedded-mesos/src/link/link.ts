import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { encodeRecord, RecordDecoder } from '@kubernetes-mesos/mesos';
import { AGENT_LINK_PATH, type AgentMessage, type MasterMessage } from './protocol';
import { decodeWire, encodeWire } from './wire';

/** One end of the connection between a master and an agent. */
export interface Link<Sent> {
  send(message: Sent): void;
  /** Ends the connection after what was sent. */
  close(): void;
  /** Breaks it at once. */
  destroy(): void;
}

export interface LinkHandlers<Received> {
  onMessage(message: Received): void;
  /** Once, when the connection has ended on either side. */
  onClose(reason: string): void;
}

/** The master's end: takes over a request to `AGENT_LINK_PATH`. */
export function acceptAgentLink(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: LinkHandlers<AgentMessage>,
): Link<MasterMessage> {
  request.socket.setTimeout(0);
  request.socket.setNoDelay(true);
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders();
  return openLink<MasterMessage, AgentMessage>(request, response, () => request.destroy(), handlers);
}

/**
 * The agent's end.
 * @throws when the master cannot be reached or does not take the connection; redirects are given as `RedirectedError`
 */
export function connectToMaster(
  master: string,
  localAddress: string | undefined,
  handlers: LinkHandlers<MasterMessage>,
): Promise<Link<AgentMessage>> {
  const { hostname, port } = new URL(`http://${master}`);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      host: hostname,
      port: port === '' ? 80 : Number(port),
      path: AGENT_LINK_PATH,
      method: 'POST',
      agent: false,
      ...(localAddress === undefined ? {} : { localAddress }),
      headers: { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' },
    });
    outgoing.setNoDelay(true);
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      outgoing.removeListener('error', reject);
      if (incoming.statusCode !== 200) {
        outgoing.on('error', () => undefined);
        outgoing.destroy();
        const location = incoming.headers.location;
        reject(
          location === undefined
            ? new Error(`the master at ${master} answered ${String(incoming.statusCode)}`)
            : new RedirectedError(location),
        );
        return;
      }
      resolve(openLink<AgentMessage, MasterMessage>(incoming, outgoing, () => outgoing.destroy(), handlers));
    });
    outgoing.flushHeaders();
  });
}

/** Another master leads. */
export class RedirectedError extends Error {
  override readonly name = 'RedirectedError';
  /** `host:port` */
  readonly master: string;
  constructor(location: string) {
    super(`another master leads: ${location}`);
    this.master = new URL(location, 'http://localhost').host;
  }
}

function openLink<Sent, Received>(
  incoming: Readable,
  outgoing: Writable,
  destroy: () => void,
  handlers: LinkHandlers<Received>,
): Link<Sent> {
  const decoder = new RecordDecoder();
  let closed = false;
  const close = (reason: string): void => {
    if (closed) return;
    closed = true;
    destroy();
    handlers.onClose(reason);
  };
  incoming.on('data', (chunk: Buffer) => {
    if (closed) return;
    try {
      // Both ends are this package: the type of what the other side sends is its type here.
      for (const record of decoder.push(chunk)) if (!isClosed()) handlers.onMessage(decodeWire(record) as Received);
    } catch (error) {
      close(error instanceof Error ? error.message : String(error));
    }
  });
  const isClosed = (): boolean => closed;
  incoming.once('end', () => close('the other side ended the connection'));
  incoming.once('close', () => close('the connection broke'));
  incoming.once('error', (error) => close(error.message));
  outgoing.once('error', (error) => close(error.message));
  outgoing.once('close', () => close('the connection broke'));
  return {
    send(message) {
      if (!closed) outgoing.write(encodeRecord(encodeWire(message)));
    },
    close() {
      if (closed) return;
      closed = true;
      outgoing.end(() => destroy());
      handlers.onClose('closed here');
    },
    destroy() {
      close('closed here');
    },
  };
}
