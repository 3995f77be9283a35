/** The embedded Mesos judged by a client that is not ours: a framework made with mesos-go. Skipped without Go or the library. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent, startMaster } from '@kubernetes-mesos/embedded-mesos';
import { createTempDir, startProcess, type TempDir } from '@kubernetes-mesos/test-support';
import { program } from '../../packages/embedded-mesos/test/support/program';

const SOURCE = join(__dirname, '../interop/mesos-go');
const GOPATH = '/usr/share/gocode';
const GO = ['/usr/lib/go-1.19/bin/go', '/usr/bin/go'].find((path) => existsSync(path));
const available = GO !== undefined && existsSync(join(GOPATH, 'src/github.com/mesos/mesos-go/api/v1/lib'));

(available ? describe : describe.skip)('a mesos-go framework', () => {
  let folder: TempDir;
  let binary: string;

  beforeAll(async () => {
    folder = await createTempDir();
    binary = join(folder.path, 'framework');
    const cache = join(tmpdir(), 'km-gocache');
    mkdirSync(cache, { recursive: true });
    const built = spawnSync(GO ?? '', ['build', '-o', binary, '.'], {
      cwd: SOURCE,
      env: { ...process.env, GO111MODULE: 'off', GOPATH, GOCACHE: cache, GOFLAGS: '' },
      encoding: 'utf8',
    });
    expect({ status: built.status, errors: built.stderr }).toEqual({ status: 0, errors: '' });
  }, 300_000);

  afterAll(() => folder.dispose());

  test.each(['protobuf', 'json'])('launches a task, kills it and sees every update, in %s', async (codec) => {
    const master = await startMaster({ port: 0, workDir: join(folder.path, `master-${codec}`) });
    const agent = await startAgent({
      master: master.address,
      port: 0,
      hostname: 'agent-1',
      workDir: join(folder.path, `agent-${codec}`),
      commandExecutor: [process.execPath, program(), 'mesos-command-executor'],
    });
    try {
      const framework = await startProcess(binary, ['-master', master.address, '-codec', codec]);
      const { code } = await framework.exited;
      expect(framework.output().trim().split('\n')).toEqual([
        'SUBSCRIBED',
        'OFFER agent-1 /slave(1)',
        'UPDATE mesos-go-sleeper TASK_STARTING uuid 16',
        'UPDATE mesos-go-sleeper TASK_RUNNING uuid 16',
        'UPDATE mesos-go-sleeper TASK_KILLED uuid 16',
        'mission accomplished',
      ]);
      expect(code).toBe(0);
    } finally {
      await agent.leave();
      await master.close();
    }
  });
});
