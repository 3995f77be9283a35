// Stops what up.mjs started: first the framework's tasks, then the processes, last the data. Nothing else is touched.
import { existsSync, rmSync } from 'node:fs';
import { kubeconfigPath, removeFromKubeconfig } from './lib/kubeconfig.mjs';
import { plannedProcesses, readSettings } from './lib/settings.mjs';
import { isAlive, recordedNames, runningProcess, signal, stopProcess, strayProcesses } from './lib/processes.mjs';
import { fail, step, waitFor } from './lib/progress.mjs';

try {
  await down(readSettings());
} catch (error) {
  fail(error);
}

async function down(settings) {
  const names = recordedNames(settings);
  if (names.length === 0 && !existsSync(settings.state)) {
    console.log('no local cluster is up');
    return;
  }
  const running = names.filter((name) => runningProcess(settings, name) !== undefined);
  if (running.includes('scheduler')) {
    await step('scheduler', () => stopProcess(settings, 'scheduler'));
    const planned = plannedProcesses(settings).find(({ name }) => name === 'mesos-master');
    if (planned !== undefined && running.includes('mesos-master')) {
      await step('tasks', () => tearDownFrameworks(new URL(planned.ready).origin, settings));
    }
  }
  // Backwards: nobody is left talking to a part that is gone.
  const order = plannedProcesses(settings)
    .map(({ name }) => name)
    .reverse();
  const rest = [...order, ...names.filter((name) => !order.includes(name))].filter(
    (name) => names.includes(name) && name !== 'scheduler',
  );
  for (const name of rest) await step(name, () => stopProcess(settings, name));
  await step('left-over containers', async () => {
    const strays = strayProcesses(settings);
    for (const pid of strays) signal(pid, 'SIGTERM');
    await waitFor(() => !strays.some(isAlive), 2_000);
    for (const pid of strays.filter(isAlive)) signal(pid, 'SIGKILL');
    return strays.length === 0 ? 'none' : `${strays.length} stopped`;
  });
  await step('data and kubeconfig entry', () => {
    rmSync(settings.state, { recursive: true, force: true });
    removeFromKubeconfig(kubeconfigPath(), 'kubernetes-mesos');
  });
}

/** Asks the master to end every framework, and waits until their executors are gone. */
async function tearDownFrameworks(master, settings) {
  const call = (body) =>
    fetch(`${master}/api/v1`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      signal: AbortSignal.timeout(5_000),
    });
  const answer = await (await call({ type: 'GET_FRAMEWORKS' })).json();
  const frameworks = answer.get_frameworks?.frameworks ?? [];
  for (const { framework_info: info } of frameworks)
    await call({ type: 'TEARDOWN', teardown: { framework_id: info.id } });
  const gone = await waitFor(() => strayProcesses(settings).length === 0, 10_000, 100);
  return gone ? 'ended' : 'some executors are still ending';
}
