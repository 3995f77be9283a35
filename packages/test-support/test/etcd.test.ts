import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEtcd } from '@kubernetes-mesos/test-support';

const run = promisify(execFile);

test('a real etcd keeps its data over kill -9', async () => {
  const etcd = await startEtcd();
  try {
    const etcdctl = (...args: string[]) =>
      run('etcdctl', ['--endpoints', etcd.endpoint, ...args], { env: { ...process.env, ETCDCTL_API: '3' } });
    await etcdctl('put', 'a', '1');
    await etcd.kill();
    await etcd.restart();
    expect((await etcdctl('get', 'a', '--print-value-only')).stdout).toBe('1\n');
  } finally {
    await etcd.stop();
  }
});
