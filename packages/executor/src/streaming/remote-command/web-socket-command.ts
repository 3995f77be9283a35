import type { UpgradeRequest } from '../upgrade';
import { upgradeToWebSocket, WebSocketChannels } from '../web-socket-channels';
import { statusText, type CommandStatus, type CommandStreams, type WantedStreams } from './command-streams';

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

const PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'base64.channel.k8s.io',
];

/** Upgrades to a WebSocket with a numbered channel for each stream. */
export async function webSocketCommandStreams(upgrade: UpgradeRequest, wanted: WantedStreams): Promise<CommandStreams> {
  const channels = new WebSocketChannels(await upgradeToWebSocket(upgrade, PROTOCOLS));
  const error = channels.output(CHANNEL.error);
  const stdout = wanted.stdout ? channels.output(CHANNEL.stdout) : undefined;
  const stderr = wanted.stderr ? channels.output(CHANNEL.stderr) : undefined;
  // An empty message tells the client that it is connected.
  (stdout ?? stderr ?? error).write(Buffer.alloc(0));
  return {
    ...(wanted.stdin ? { stdin: channels.input(CHANNEL.stdin) } : {}),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
    resize: channels.input(CHANNEL.resize),
    closed: channels.closed,
    finish: async (status: CommandStatus) => {
      const text = statusText(status, channels.protocol);
      if (text !== '') error.write(text);
      channels.close();
      await channels.closed;
    },
  };
}
