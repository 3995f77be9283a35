import { createTempDir, eventually } from '@kubernetes-mesos/test-support';
import { parseResources, startMaster, startSimulation } from '../../src';
import { executorTask } from '../support/master-harness';
import { TestFramework } from '../support/test-framework';

test('hundreds of simulated agents take tasks and end them', async () => {
  const folder = await createTempDir();
  const master = await startMaster({ port: 0, workDir: folder.path });
  const simulation = await startSimulation({
    master: master.address,
    count: 200,
    resources: parseResources('cpus:8;mem:8192;ports:[31000-32000]'),
  });
  const framework = new TestFramework(master.address);
  try {
    await eventually(() => simulation.registered === 200);
    for (let agent = 0; agent < 200; agent += 1) {
      await framework.launch((id) => [
        executorTask(`a${agent}`, id, 'e', 0.1),
        executorTask(`b${agent}`, id, 'e', 0.1),
      ]);
    }
    await eventually(() => framework.statuses.filter(({ state }) => state === 'TASK_RUNNING').length === 400);
    expect(simulation.running).toBe(400);
    await framework.kill('a7');
    await framework.update('a7', 'TASK_KILLED');
    await framework.call({ type: 'TEARDOWN' }).catch(() => undefined);
    await eventually(() => simulation.running === 0);
  } finally {
    await framework.teardown();
    await simulation.close();
    await master.close();
    await folder.dispose();
  }
});
