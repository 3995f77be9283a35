import { Etcd3, type IOptions, type IWatchRequest, type IWatchResponse } from 'etcd3';
import { noop } from 'cockatiel';
import { startEmbeddedEtcd, startEtcd, type EtcdFixture } from '@kubernetes-mesos/test-support';

/** The real etcd and ours, and a client of each, to ask both the same. */
export interface Pair {
  readonly real: Etcd3;
  readonly ours: Etcd3;
  /** A watch stream on each, over connections of their own. */
  watches(): Promise<readonly OpenWatch[]>;
  stop(): Promise<void>;
}

export function connect(endpoint: string): Etcd3 {
  const options: IOptions = {
    hosts: endpoint,
    faultHandling: { host: () => noop, global: noop },
    grpcOptions: { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 },
  };
  return new Etcd3(options);
}

export async function startPair(): Promise<Pair> {
  const fixtures: EtcdFixture[] = [await startEtcd(), await startEmbeddedEtcd()];
  const [real, ours] = fixtures.map(({ endpoint }) => connect(endpoint));
  if (real === undefined || ours === undefined) throw new Error('no etcd');
  return {
    real,
    ours,
    watches: () => Promise.all(fixtures.map(({ endpoint }) => openWatch(endpoint))),
    async stop() {
      real.close();
      ours.close();
      await Promise.all(fixtures.map((each) => each.stop()));
    },
  };
}

/** An answer without what differs between any two members; bytes as text. */
export function normal(answer: unknown): unknown {
  if (Buffer.isBuffer(answer)) return answer.length > 100 ? `${answer.length} bytes` : answer.toString('latin1');
  if (Array.isArray(answer)) return answer.map(normal);
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([key]) => !['cluster_id', 'member_id', 'raft_term'].includes(key))
      .map(([key, value]) => [key, normal(value)]),
  );
}

/** The answer, or the error's text as the server gave it. */
export async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return normal(await call);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

export interface OpenWatch {
  readonly responses: IWatchResponse[];
  send(request: IWatchRequest): void;
  close(): void;
}

export async function openWatch(endpoint: string): Promise<OpenWatch> {
  const client = connect(endpoint);
  const stream = await client.watchClient.watch();
  const responses: IWatchResponse[] = [];
  stream.on('data', (response) => responses.push(response));
  stream.on('error', () => undefined);
  return {
    responses,
    send: (request) => stream.write(request),
    close: () => {
      stream.cancel();
      client.close();
    },
  };
}
