import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { killLeftovers } from '../../src/runtime/process/leftovers';
import { soon } from '../support/soon';

/**
 * kill -9 of a process that runs containers: a real one, of the compiled runtime. What its watchdog or the kernel does not
 * end, the next executor's clean-up at its start does.
 */

const COMPILED = resolve(__dirname, '../../dist/runtime/process/process-runtime.js');
const runnable = existsSync(COMPILED) && process.platform === 'linux';
if (!runnable) process.stderr.write('skipped: killing a runtime needs the compiled package, on Linux\n');
const levels = process.getuid?.() === 0 ? (['namespaces', 'none'] as const) : (['none'] as const);

const HOST = `
const { ProcessRuntime } = require(process.argv[1]);
const [, , rootDir, owner, isolation, script] = process.argv;
const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
const container = { name: 'c', image: 'busybox' };
const pod = { metadata: { name: 'p', namespace: 'default', uid: 'u' }, spec: { containers: [container] } };
(async () => {
  const runtime = new ProcessRuntime({
    rootDir, hostIP: '127.0.0.1', images: new Map(), km: [], owner, logger, isolation, pauseImage: 'pause',
    logLimits: { maxBytes: 1e6, maxFiles: 2 },
  });
  await runtime.createSandbox({ pod, attempt: 0, hostname: 'p' });
  const terminationMessageFile = rootDir + '/termination';
  require('node:fs').writeFileSync(terminationMessageFile, '');
  await runtime.startContainer({
    pod, container, attempt: 0, command: ['sh', '-c', script], environment: new Map(), mounts: [], terminationMessageFile,
  });
  setInterval(() => {}, 1000);
})();
`;

(runnable ? describe : describe.skip).each(levels)('kill -9 of a runtime, isolation %s', (isolation) => {
  let rootDir: string;
  let owner: string;
  let host: ChildProcess;

  /** Command lines of the processes that carry the mark of a container of this owner. */
  const marked = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '');
      if (!environment.includes(`KM_CONTAINER_ID=${owner}/`)) continue;
      found.push((await readFile(`/proc/${entry}/cmdline`, 'latin1').catch(() => '')).replaceAll('\0', ' ').trim());
    }
    return found;
  };
  const start = (script: string): void => {
    host = spawn(process.execPath, ['-e', HOST, COMPILED, rootDir, owner, isolation, script], { stdio: 'ignore' });
  };

  beforeEach(async () => {
    rootDir = await mkdtemp(join(tmpdir(), 'km-killed-'));
    owner = `test/${rootDir}`;
  });
  afterEach(async () => {
    host.kill('SIGKILL');
    await killLeftovers(owner);
    await rm(rootDir, { recursive: true, force: true });
  });

  test('ends its containers', async () => {
    start('sleep 611 & exec sleep 612');
    await soon(async () => expect(await marked()).toEqual(expect.arrayContaining(['sleep 611', 'sleep 612'])));
    host.kill('SIGKILL');
    await once(host, 'exit');
    await soon(async () => expect(await marked()).toEqual([]));
    expect(await killLeftovers(owner)).toBe(0);
  });

  test('what left the container’s session is ended at the latest by the next executor', async () => {
    start('setsid sleep 613 & exec sleep 614');
    await soon(async () => expect(await marked()).toEqual(expect.arrayContaining(['sleep 613', 'sleep 614'])));
    host.kill('SIGKILL');
    await once(host, 'exit');
    await soon(async () => expect(await marked()).toEqual(isolation === 'none' ? ['sleep 613'] : []));
    expect(await killLeftovers(owner)).toBe(isolation === 'none' ? 1 : 0);
    await soon(async () => expect(await marked()).toEqual([]));
  });
});
