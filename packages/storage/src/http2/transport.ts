import type { Duplex } from 'node:stream';

/** A connected socket, as a connection uses it. */
export interface Transport {
  readonly socket: Duplex;
  /** Says who gets what is received. To be called once, before anything can have come. A chunk is valid during the call only. */
  receive(onChunk: (chunk: Buffer) => void): void;
}

export function transportOf(socket: Duplex): Transport {
  return { socket, receive: (onChunk) => void socket.on('data', onChunk) };
}
