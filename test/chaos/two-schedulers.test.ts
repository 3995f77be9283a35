import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  createTempDir,
  eventually,
  freePort,
  startProcess,
  type TempDir,
  type TestProcess,
} from '@kubernetes-mesos/test-support';
import { KM_BUNDLE } from '../support/local-cluster';

/**
 * Two schedulers of one framework (`--ha`), started before anything they need; `kill -9` of the one that leads: the other
 * takes over its tasks, and gives new ones to the executors that the first has started.
 */

const runnable = existsSync(KM_BUNDLE);
if (!runnable) process.stderr.write('skipped: two schedulers need the bundle that `make` builds\n');

const HOST = '127.0.0.1';
const AGENTS = 3;

(runnable ? describe : describe.skip)('two schedulers', () => {
  const processes: TestProcess[] = [];
  let folder: TempDir;
  beforeAll(async () => {
    folder = await createTempDir();
  });
  afterAll(async () => {
    await Promise.all(processes.map((each) => each.kill()));
    await folder.dispose();
  });

  const km = async (...argv: string[]): Promise<TestProcess> => {
    const child = await startProcess(process.execPath, [KM_BUNDLE, ...argv], { cwd: folder.path });
    processes.push(child);
    return child;
  };
  const text = async (url: string, init?: RequestInit): Promise<string> =>
    (await fetch(url, { ...init, signal: AbortSignal.timeout(5000) })).text();
  const json = async (url: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
    return JSON.parse(await text(url, init)) as Record<string, unknown>;
  };

  test('lose and double no task when the one that leads is killed', async () => {
    const [etcd, api, master, first, second] = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()));
    const apiUrl = `http://${HOST}:${api}`;
    const masterUrl = `http://${HOST}:${master}`;
    const startScheduler = (port: number | undefined): Promise<TestProcess> =>
      km(
        'scheduler',
        '--ha',
        `--address=${HOST}`,
        `--port=${port}`,
        `--mesos_master=${HOST}:${master}`,
        `--etcd_servers=http://${HOST}:${etcd}`,
        `--api_servers=${HOST}:${api}`,
      );
    const schedulers = new Map([
      [first, await startScheduler(first)],
      [second, await startScheduler(second)],
    ]);

    // Nothing they need is there: each says so, and waits.
    for (const [port, scheduler] of schedulers) {
      await eventually(async () => (await text(`http://${HOST}:${port}/healthz`)) === 'ok', { deadlineMs: 20_000 });
      await eventually(() => /trying again.*ECONNREFUSED/.test(scheduler.output()), { deadlineMs: 20_000 });
    }
    await km('etcd', `--data-dir=${join(folder.path, 'etcd')}`, `--listen-client-urls=http://${HOST}:${etcd}`);
    await km(
      'apiserver',
      `--insecure_bind_address=${HOST}`,
      `--port=${api}`,
      '--secure_port=0',
      `--etcd_servers=http://${HOST}:${etcd}`,
      '--portal_net=10.10.10.0/24',
    );
    await km('mesos-master', `--ip=${HOST}`, `--port=${master}`, `--work-dir=${join(folder.path, 'master')}`);
    await km(
      'mesos-agent',
      `--master=${HOST}:${master}`,
      `--simulate=${AGENTS}`,
      '--resources=cpus:16;mem:16384;ports:[31000-32000]',
    );

    const tasks = async (): Promise<Record<string, unknown>> => json(`${masterUrl}/metrics/snapshot`);
    const create = async (name: string): Promise<void> => {
      const pod = {
        kind: 'Pod',
        apiVersion: 'v1',
        metadata: { name },
        spec: { containers: [{ name: 'c', image: 'x' }] },
      };
      expect(await json(`${apiUrl}/api/v1/namespaces/default/pods`, pod)).toMatchObject({ kind: 'Pod' });
    };
    const running = (count: number) =>
      eventually(async () => (await tasks())['master/tasks_running'] === count, { deadlineMs: 60_000 });
    await eventually(async () => (await text(`${apiUrl}/healthz`)) === 'ok', { deadlineMs: 60_000 });
    for (let index = 0; index < 12; index += 1) await create(`before-${index}`);
    await running(12);

    const taskCount = (port: number | undefined) => text(`http://${HOST}:${port}/debug/registry/tasks`);
    const leader = /task_count=12/.test(await taskCount(first)) ? first : second;
    const other = leader === first ? second : first;
    expect(await taskCount(other)).toBe('task_count=0\n');
    const executors = async (): Promise<readonly string[]> => {
      const answer = await json(`${masterUrl}/api/v1`, { type: 'GET_EXECUTORS' });
      const { executors: list = [] } = answer['get_executors'] as {
        executors?: readonly { executor_info: { executor_id: { value: string } }; agent_id: { value: string } }[];
      };
      return list.map((each) => `${each.agent_id.value} ${each.executor_info.executor_id.value}`).sort();
    };
    const before = await executors();

    await schedulers.get(leader)?.kill('SIGKILL');
    await eventually(async () => /task_count=12/.test(await taskCount(other)), { deadlineMs: 90_000 });
    for (let index = 0; index < 12; index += 1) await create(`after-${index}`);
    await running(24);
    // On the same executors, which the other scheduler has started and serves no more.
    expect(await executors()).toEqual(before);
    expect(before).toHaveLength(AGENTS);
    const counters = await tasks();
    for (const end of ['failed', 'killed', 'lost', 'error', 'dropped', 'gone', 'finished']) {
      expect([end, counters[`master/tasks_${end}`] ?? 0]).toEqual([end, 0]);
    }
    const { frameworks } = (await json(`${masterUrl}/frameworks`)) as { frameworks: readonly unknown[] };
    expect(frameworks).toHaveLength(1);

    // The one that was killed comes back and stands by.
    await startScheduler(leader);
    await eventually(async () => (await text(`http://${HOST}:${leader}/healthz`)) === 'ok', { deadlineMs: 20_000 });
    expect(await text(`http://${HOST}:${other}/healthz`)).toBe('ok');
    expect(await text(`http://${HOST}:${other}/debug/actions/kamikaze`)).toMatch(/OK\n$/);
  }, 240_000);
});
