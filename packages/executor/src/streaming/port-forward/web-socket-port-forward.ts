import { Duplex } from 'node:stream';
import type { UpgradeRequest } from '../upgrade';
import { upgradeToWebSocket, WebSocketChannels } from '../web-socket-channels';
import { forwardPort, type PortForwarder } from './forwarder';

const PROTOCOLS = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

/** One connection to each of `ports`: a data and an error channel a port, both begin with the number of the port. */
export async function serveChannelPortForward(
  upgrade: UpgradeRequest,
  forwarder: PortForwarder,
  ports: readonly number[],
): Promise<void> {
  const channels = new WebSocketChannels(await upgradeToWebSocket(upgrade, PROTOCOLS));
  const end = (): void => channels.close();
  forwarder.gone.addEventListener('abort', end);
  const forwards = ports.map(async (port, index) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    const [input, output] = [channels.input(index * 2), channels.output(index * 2)];
    const errors = channels.output(index * 2 + 1);
    // A channel cannot end alone: when the pod has said all, that is the end of both.
    output.once('finish', () => input.push(null));
    output.write(number);
    errors.write(number);
    const problem = await forwardPort(forwarder, port, Duplex.from({ readable: input, writable: output }));
    if (problem !== undefined) errors.write(problem);
  });
  await Promise.all(forwards);
  channels.close();
  await channels.closed;
  forwarder.gone.removeEventListener('abort', end);
}
