import net from 'node:net';
import type { Pod } from '../../api/core-v1';

/**
 * Where a pod's container ports are served when there is no network of its own: at the assigned host port, at the same
 * number for pods on the host's network, and else at a free port.
 */
export class PortMap {
  readonly #host: string;
  readonly #ports = new Map<number, number>();
  readonly #sameNumbers: boolean;

  constructor(pod: Pod, host: string) {
    this.#host = host;
    this.#sameNumbers = pod.spec.hostNetwork === true;
    for (const container of pod.spec.containers) {
      for (const { containerPort, hostPort } of container.ports ?? []) {
        if (hostPort !== undefined && hostPort > 0) this.#ports.set(containerPort, hostPort);
      }
    }
  }

  /** Reserves an address for a container port if it has none yet. */
  async claim(containerPort: number): Promise<void> {
    if (this.#ports.has(containerPort)) return;
    this.#ports.set(containerPort, this.#sameNumbers ? containerPort : await freePort(this.#host));
  }

  entries(): Iterable<[number, number]> {
    return this.#ports;
  }

  address(containerPort: number): { readonly host: string; readonly port: number } {
    return { host: this.#host, port: this.#ports.get(containerPort) ?? containerPort };
  }
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port was assigned'));
        else resolve(address.port);
      });
    });
  });
}
