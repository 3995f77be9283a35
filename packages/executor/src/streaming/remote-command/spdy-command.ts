import type { SpdyStream } from '../spdy/spdy-stream';
import type { SpdyHeaders } from '../spdy/header-block';
import { upgradeToSpdy, type UpgradeRequest } from '../upgrade';
import { statusText, type CommandStatus, type CommandStreams, type WantedStreams } from './command-streams';

const PROTOCOLS = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];

/** How long a client may take to open the streams that it asked for. */
const STREAMS_PATIENCE_MS = 30_000;
/** How long a client is waited for to take what has been sent and go. */
const LINGER_MS = 30_000;

type StreamType = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize';

/**
 * Upgrades to SPDY and waits for the client's streams, each with its role in the header `streamtype`.
 * `undefined`: the client did not open them.
 * @throws UpgradeError before anything has been answered
 */
export async function spdyCommandStreams(
  upgrade: UpgradeRequest,
  wanted: WantedStreams,
): Promise<CommandStreams | undefined> {
  const streams = new Map<StreamType, SpdyStream>();
  let spoken = '';
  let expected: readonly StreamType[] = [];
  let complete = (): void => undefined;
  const ready = new Promise<true>((resolve) => (complete = () => resolve(true)));
  const roleOf = (headers: SpdyHeaders): StreamType | undefined =>
    expected.find((type) => type === headers.get('streamtype') && !streams.has(type));
  const connection = upgradeToSpdy(upgrade, PROTOCOLS, (protocol) => {
    spoken = protocol;
    expected = expectedStreams(wanted, protocol);
    return {
      accept: (headers) => roleOf(headers) !== undefined,
      onStream: (stream) => {
        const role = roleOf(stream.headers);
        if (role === undefined) return;
        streams.set(role, stream);
        if (streams.size === expected.length) complete();
      },
    };
  });
  const timer = setTimeout(() => void connection.close(0), STREAMS_PATIENCE_MS);
  const isReady = await Promise.race([ready, connection.closed.then(() => false)]);
  clearTimeout(timer);
  if (!isReady) return undefined;
  const [stdin, stdout, stderr, resize] = (['stdin', 'stdout', 'stderr', 'resize'] as const).map((role) =>
    streams.get(role),
  );
  // What it would say on them is of no interest, but its end is.
  for (const stream of [stdout, stderr, streams.get('error')]) stream?.resume();
  return {
    ...(stdin === undefined ? {} : { stdin }),
    ...(stdout === undefined ? {} : { stdout }),
    ...(stderr === undefined ? {} : { stderr }),
    ...(resize === undefined ? {} : { resize }),
    closed: connection.closed,
    finish: async (status: CommandStatus) => {
      // The first clients take the end of the output for the end of all: the error has to be there by then.
      await sent(streams.get('error'), statusText(status, spoken));
      await Promise.all([sent(stdout), sent(stderr)]);
      stdin?.destroy();
      resize?.destroy();
      // A client that sees the connection end forgets what it has not yet read: it is the one to go first.
      await connection.close(LINGER_MS);
    },
  };
}

/** Resolves when the stream has been ended, or is of no use any more. */
function sent(stream: SpdyStream | undefined, text = ''): Promise<void> {
  if (stream === undefined || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.end(text, () => resolve());
  });
}

function expectedStreams(wanted: WantedStreams, protocol: string): StreamType[] {
  const hasResize = wanted.tty && /^v[34]\./.test(protocol);
  return [
    'error',
    ...(wanted.stdin ? (['stdin'] as const) : []),
    ...(wanted.stdout ? (['stdout'] as const) : []),
    ...(wanted.stderr ? (['stderr'] as const) : []),
    ...(hasResize ? (['resize'] as const) : []),
  ];
}
