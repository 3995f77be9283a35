import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequest } from '@kubernetes-mesos/api-types';
import type { Exchange } from './exchange';

/** The connection of an upgrade request, and what came after its headers. */
export interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

interface NotedUpgrade extends Upgrade {
  /** What an ordinary answer would be written with. */
  readonly response: ServerResponse;
}

const upgrades = new WeakMap<IncomingMessage, NotedUpgrade>();

/** Remembers the connection of a request that asks to upgrade it. */
export function noteUpgrade(request: IncomingMessage, upgrade: NotedUpgrade): void {
  upgrades.set(request, upgrade);
}

/** Whether a request asks to go on in another protocol; any when none is named. */
export function isUpgrade(request: IncomingMessage, protocol?: string): boolean {
  const { connection = '', upgrade = '' } = request.headers;
  if (!/\bupgrade\b/i.test(connection) || upgrade === '') return false;
  return protocol === undefined || upgrade.toLowerCase() === protocol;
}

/**
 * Takes over the connection; no ordinary answer can be given after that.
 * @throws StatusError 400 when the request came without a connection to take over
 */
export function takeUpgrade(exchange: Exchange): Upgrade {
  const upgrade = upgrades.get(exchange.request);
  if (upgrade === undefined) throw badRequest('Upgrade request required');
  upgrades.delete(exchange.request);
  const { socket, head, response } = upgrade;
  response.detachSocket(socket as Parameters<ServerResponse['detachSocket']>[0]);
  exchange.takeOver(socket);
  return { socket, head };
}
