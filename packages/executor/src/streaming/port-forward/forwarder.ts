import net from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorMessage } from '@kubernetes-mesos/component-base';

/** Ports of one pod. */
export interface PortForwarder {
  readonly podName: string;
  readonly podUid: string;
  /** Aborts when nothing is left of the pod. */
  readonly gone: AbortSignal;
  /** Where a connection to a port of the pod has to go. */
  address(port: number): Promise<{ readonly host: string; readonly port: number }>;
}

/**
 * Joins a client's stream with a port of the pod until both directions have ended; each may end alone.
 * Returns what the client is to be told when the port cannot be reached.
 */
export async function forwardPort(forwarder: PortForwarder, port: number, client: Duplex): Promise<string | undefined> {
  let remote: net.Socket;
  try {
    remote = await connect(await forwarder.address(port));
  } catch (error) {
    client.resume();
    client.end();
    const { podName, podUid } = forwarder;
    return `error forwarding port ${port} to pod ${podName}, uid ${podUid}: ${errorMessage(error)}`;
  }
  // Who breaks off knows; the other is told by the end of its stream.
  await Promise.allSettled([pipeline(client, remote), pipeline(remote, client)]);
  remote.destroy();
  return undefined;
}

/** @throws Error for what is no port number */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error(`unable to parse "${text}" as a port`);
  if (Number(text) === 0) throw new Error(`port "${text}" must be > 0`);
  return Number(text);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ETIMEDOUT: 'connection timed out',
};

function connect(target: { readonly host: string; readonly port: number }): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const remote = net.connect({ ...target, allowHalfOpen: true, noDelay: true });
    remote.once('connect', () => resolve(remote));
    remote.once('error', (error: NodeJS.ErrnoException) => {
      const reason = REASONS[error.code ?? ''] ?? error.message;
      reject(new Error(`dial tcp ${target.host}:${target.port}: connect: ${reason}`, { cause: error }));
    });
  });
}
