import { buildSync } from 'esbuild';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, startProcess, type TestProcess } from '@kubernetes-mesos/test-support';

const root = join(__dirname, '../../../..');
let bundle: string | undefined;

/** The server as a process of its own, made from the sources, so that it can be killed. */
export async function startServerProcess(dataDir: string, port: number): Promise<TestProcess> {
  bundle ??= buildServer();
  const child = await startProcess(process.execPath, [bundle, dataDir, String(port)]);
  await eventually(() => child.output().includes('serving'), { what: `the server starts: ${child.output()}` });
  return child;
}

function buildServer(): string {
  // Beside node_modules, where the native module is found.
  const dir = join(root, 'node_modules/.cache/embedded-etcd-test');
  mkdirSync(dir, { recursive: true });
  const outfile = join(dir, `server-${process.pid}.js`);
  buildSync({
    entryPoints: [join(__dirname, 'server-main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['lmdb'],
    alias: {
      '@kubernetes-mesos/embedded-etcd': join(root, 'packages/embedded-etcd/src/index.ts'),
      '@kubernetes-mesos/component-base': join(root, 'packages/component-base/src/index.ts'),
      '@kubernetes-mesos/protos': join(root, 'packages/protos/src/index.ts'),
    },
    logLevel: 'error',
  });
  return outfile;
}
