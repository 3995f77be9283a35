import { join } from 'node:path';
import { createTempDir, eventually, freePort, startProcess, type TestProcess } from '@kubernetes-mesos/test-support';

/** One of several etcds that are one cluster. */
export interface EtcdMember {
  readonly endpoint: string;
  kill(): Promise<void>;
  /** After `kill`. */
  start(): Promise<void>;
  /** Holds it still, its connections open, until `resume`. */
  pause(): void;
  resume(): void;
}

export interface EtcdCluster {
  readonly members: readonly EtcdMember[];
  stop(): Promise<void>;
}

/** Three real etcds in a temporary directory, all of them healthy. */
export async function startEtcdCluster(): Promise<EtcdCluster> {
  const dir = await createTempDir('km-etcd-cluster-');
  const names = ['a', 'b', 'c'];
  const ports = await Promise.all(names.map(async () => ({ client: await freePort(), peer: await freePort() })));
  const peers = names.map((name, index) => `${name}=http://127.0.0.1:${ports[index]?.peer}`).join(',');
  const members = names.map((name, index) => {
    const client = `http://127.0.0.1:${ports[index]?.client}`;
    const peer = `http://127.0.0.1:${ports[index]?.peer}`;
    let child: TestProcess | undefined;
    const signal = (name_: NodeJS.Signals): void => {
      if (child !== undefined) process.kill(child.pid, name_);
    };
    return {
      endpoint: client,
      async start() {
        child = await startProcess(process.env['ETCD_BIN'] ?? '/usr/bin/etcd', [
          ...['--name', name, '--data-dir', join(dir.path, name)],
          ...['--listen-client-urls', client, '--advertise-client-urls', client],
          ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', peers],
          ...['--logger', 'zap', '--log-level', 'fatal'],
        ]);
      },
      kill: async () => child?.kill(),
      pause: () => signal('SIGSTOP'),
      resume: () => signal('SIGCONT'),
    };
  });
  await Promise.all(members.map((member) => member.start()));
  for (const { endpoint } of members) {
    await eventually(async () => {
      const response = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2_000) });
      return (await response.text()).includes('true');
    });
  }
  return {
    members,
    async stop() {
      await Promise.all(members.map((member) => member.kill()));
      await dir.dispose();
    },
  };
}
