import { mkdtemp, mkdir, rm, writeFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { silentLogger, type Logger } from '@kubernetes-mesos/component-base';
import { freePort } from '@kubernetes-mesos/test-support';
import type { Container } from '../src/api/core-v1';
import { DEFAULT_IMAGE_MAP } from '../src/images/default-image-map';
import { ProcessRuntime } from '../src/runtime/process/process-runtime';
import { runInContainer } from '../src/runtime/run-in-container';
import { DEFAULT_LOG_LIMITS, type Mount, type ObservedContainer } from '../src/runtime/runtime';
import { testPod } from './support/executor-fixture';
import { soon } from './support/soon';

const levels =
  process.platform === 'linux' && process.getuid?.() === 0 ? (['namespaces', 'none'] as const) : (['none'] as const);

describe.each(levels)('process runtime, isolation %s', (isolation) => {
  let rootDir: string;
  let runtime: ProcessRuntime;
  const create = (owner: string, logger: Logger = silentLogger): ProcessRuntime =>
    new ProcessRuntime({
      rootDir,
      hostIP: '127.0.0.1',
      images: DEFAULT_IMAGE_MAP,
      km: [process.execPath],
      owner,
      logger,
      pauseImage: 'kubernetes/pause:latest',
      logLimits: DEFAULT_LOG_LIMITS,
      isolation,
    });
  const start = async (
    container: Partial<Container>,
    more: {
      readonly mounts?: readonly Mount[];
      readonly on?: ProcessRuntime;
      readonly limits?: { readonly memoryLimitBytes?: number };
    } = {},
  ): Promise<string> => {
    const spec: Container = { name: 'c', image: 'busybox', ...container };
    const pod = testPod('p', { containers: [spec] });
    const on = more.on ?? runtime;
    await on.createSandbox({ pod, attempt: 0, hostname: 'p' });
    await mkdir(join(rootDir, 'term'), { recursive: true });
    const terminationMessageFile = join(rootDir, 'term', 'log');
    await writeFile(terminationMessageFile, '');
    return on.startContainer({
      pod,
      container: spec,
      attempt: 0,
      environment: new Map([['GREETING', 'hello']]),
      mounts: more.mounts ?? [],
      terminationMessageFile,
      ...more.limits,
      ...(spec.command === undefined ? {} : { command: spec.command }),
    });
  };
  const observed = async (): Promise<ObservedContainer | undefined> =>
    (await runtime.observe('uid-p')).containers.at(-1);

  beforeEach(async () => {
    rootDir = await mkdtemp(join(tmpdir(), 'km-process-'));
    runtime = create(`test/${rootDir}`);
  });
  afterEach(async () => {
    await runtime.close();
    await rm(rootDir, { recursive: true, force: true });
  });

  test('output goes to the log, also by name, and is read with its options', async () => {
    const id = await start({
      command: ['sh', '-c', 'echo one; echo two >/dev/stderr; echo three >/dev/stdout; printf four'],
    });
    await soon(async () => expect((await observed())?.state.phase).toBe('exited'));
    const read = async (options: object): Promise<string> =>
      text(await runtime.logs(id, { follow: false, timestamps: false, ...options }));
    expect((await read({})).split('\n').sort()).toEqual(['', 'four', 'one', 'three', 'two']);
    expect((await read({ tailLines: 1 })).trim()).toBe('four');
    expect(await read({ tailLines: 0 })).toBe('');
    expect(await read({ limitBytes: 3 })).toHaveLength(3);
    expect(await read({ timestamps: true, tailLines: 1 })).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \w+\n$/);
    expect(await read({ since: Date.now() + 60_000 })).toBe('');
  });

  test('following a log ends when the container ends', async () => {
    const id = await start({ command: ['sh', '-c', 'echo a; sleep 0.3; echo b'] });
    expect(await text(await runtime.logs(id, { follow: true, timestamps: false }))).toBe('a\nb\n');
  });

  test('exit codes, signals and stops', async () => {
    await start({ command: ['sh', '-c', 'exit 9'] });
    await soon(async () => expect((await observed())?.state).toMatchObject({ phase: 'exited', exitCode: 9 }));
    const polite = await start({ command: ['sleep', '60'] });
    await runtime.stopContainer(polite, 10_000);
    expect((await observed())?.state).toMatchObject({ phase: 'exited', exitCode: 143, signal: 15 });
    const stubborn = await start({ command: ['sh', '-c', 'trap "" TERM; echo up; while :; do sleep 0.1; done'] });
    await soon(async () => {
      expect(await text(await runtime.logs(stubborn, { follow: false, timestamps: false }))).toBe('up\n');
    });
    const begun = performance.now();
    await runtime.stopContainer(stubborn, 300);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(299);
    expect((await observed())?.state).toMatchObject({ phase: 'exited', exitCode: 137, signal: 9 });
  });

  test('a stop that follows on the start reaches the command', async () => {
    for (let round = 0; round < 20; round += 1) {
      await runtime.stopContainer(await start({ command: ['sleep', '60'] }), 10_000);
      expect((await observed())?.state).toMatchObject({ phase: 'exited', exitCode: 143, signal: 15 });
    }
  });

  test('exec sees the container’s environment and ends with its exit code', async () => {
    const id = await start({ command: ['sleep', '60'] });
    const result = await runInContainer(runtime, id, ['sh', '-c', 'echo $GREETING; exit 3'], 5_000);
    expect(result).toEqual({ exitCode: 3, output: 'hello\n' });
    await expect(runInContainer(runtime, id, ['sleep', '60'], 100)).rejects.toThrow('timed out');
  });

  test('nginx, or its stand-in’s plan, is served at the host port', async () => {
    const hostPort = await freePort();
    await start({ name: 'web', image: 'dockerfile/nginx:1.9', ports: [{ containerPort: 80, hostPort }] });
    expect(await runtime.address('uid-p', 80)).toEqual({ host: '127.0.0.1', port: hostPort });
    await soon(async () =>
      expect(await (await fetch(`http://127.0.0.1:${hostPort}/`)).text()).toContain('Welcome to nginx'),
    );
  });

  test('a program that is not there, and an image that nobody knows, say so', async () => {
    await expect(start({ command: ['no-such-program'] })).rejects.toThrow('executable file not found in $PATH');
    await expect(start({ image: 'unheard/of' })).rejects.toThrow('not in the image map');
  });

  test('limits that do not bind are told of once', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const other = create(`limits/${rootDir}`, logger);
    for (const memoryLimitBytes of [2 ** 20, 2 ** 21, undefined]) {
      const limits = memoryLimitBytes === undefined ? {} : { memoryLimitBytes };
      await start({ command: ['true'] }, { on: other, limits });
    }
    expect(warnings.filter((message) => message.startsWith('limits of cpu and memory'))).toHaveLength(1);
    await other.close();
  });

  test('leftovers are found by their mark alone', async () => {
    const other = create('agent-x/gone');
    const mine = await start({ command: ['sleep', '61'] });
    await start({ command: ['sleep', '62'] }, { on: other });
    expect(await create('agent-x/gone').removeLeftovers()).toBe(1);
    await soon(async () => expect((await other.observe('uid-p')).containers[0]?.state.phase).toBe('exited'));
    expect((await observed())?.id).toBe(mine);
    expect((await observed())?.state.phase).toBe('running');
    await other.close();
  });

  (isolation === 'namespaces' ? test : test.skip)('a container has its own files, volumes, pids and name', async () => {
    const shared = join(rootDir, 'shared');
    await mkdir(shared);
    const script =
      'echo made > /etc/km-test; echo data > /volume/file; hostname; echo $$; echo bye > /dev/termination-log';
    const mounts = [{ name: 'v', hostPath: shared, containerPath: '/volume', readOnly: false }];
    const id = await start({ command: ['sh', '-c', script] }, { mounts });
    await soon(async () => expect((await observed())?.state).toMatchObject({ phase: 'exited', message: 'bye\n' }));
    const [hostname, pid] = (await text(await runtime.logs(id, { follow: false, timestamps: false }))).split('\n');
    expect(hostname).toBe('p');
    expect(Number(pid)).toBeLessThan(100);
    expect(await readFile(join(shared, 'file'), 'utf8')).toBe('data\n');
    await expect(readFile('/etc/km-test')).rejects.toThrow('ENOENT');
  });
});
