import fc from 'fast-check';
import type { SchedulerCall } from '@kubernetes-mesos/mesos';
import { makePod } from './builders';
import { FakeWorld } from './fake-world';

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld();
});
afterEach(() => world.stop());

const callsOf = <Type extends SchedulerCall['type']>(type: Type) =>
  world.calls.filter((call): call is Extract<SchedulerCall, { type: Type }> => call.type === type);
const eventsOf = (pod: string) => world.events.filter((event) => event.pod === pod);

describe('the life of a pod', () => {
  test('is placed, launched with all that the executor needs, and running', async () => {
    world.start();
    world.create(makePod('web', { containers: [{ ports: [{ containerPort: 80, name: 'http' }] }] }));
    await world.run(2000);
    expect(world.running()).toEqual(['web.default.pods']);
    const task = callsOf('ACCEPT')[0]?.accept.operations?.[0]?.launch?.task_infos?.[0];
    expect(task?.task_id.value).toBe('pod.uid-web');
    expect(task?.executor?.executor_id.value).toMatch(/^[0-9a-f]{16}_k8sm-executor$/);
    const agent = task?.agent_id.value ?? '';
    expect(task?.executor?.command?.arguments?.at(-1)).toBe(`--hostname_override=host-${agent.toLowerCase()}`);
    const data = JSON.parse((task?.data ?? Buffer.alloc(0)).toString());
    expect(data.spec.containers[0].ports[0].hostPort).toBe(31000);
    expect(data.metadata.annotations).toMatchObject({
      'k8s.mesosphere.io/bindingHost': `host-${agent.toLowerCase()}`,
      'k8s.mesosphere.io/taskId': 'pod.uid-web',
      'k8s.mesosphere.io/slaveId': agent,
      'k8s.mesosphere.io/offerId': expect.stringMatching(/^O\d+$/),
      'k8s.mesosphere.io/executorId': task?.executor?.executor_id.value,
      'k8s.mesosphere.io/port_TCP_80': '31000',
      'k8s.mesosphere.io/portName_TCP_http': '31000',
    });
    expect(eventsOf('web')).toEqual([
      { pod: 'web', reason: 'Scheduled', message: `Successfully assigned web to host-${agent.toLowerCase()}` },
    ]);
    expect(world.storedFrameworkId).toBe('F1');
  });

  test('one ACCEPT carries all pods of an agent, and the executor is charged once', async () => {
    world = new FakeWorld(['S1']);
    world.start();
    await world.run(100);
    for (let index = 0; index < 10; index += 1) world.create(makePod(`p${index}`));
    await world.run(2000);
    expect(world.running()).toHaveLength(10);
    expect(callsOf('ACCEPT')).toHaveLength(1);
    expect(world.violations).toEqual([]);
  });

  test('a deleted pod is killed with its grace period, and killed again until it has ended', async () => {
    world.start();
    world.create(makePod('web'));
    await world.run(2000);
    world.delete('web');
    await world.run(1000);
    expect(callsOf('KILL')[0]?.kill.kill_policy?.grace_period?.nanoseconds).toBe(1e9);
    expect(world.running()).toEqual([]);
    expect(world.pod('web')).toBeUndefined();
    expect(world.scheduler?.state.registry.size).toBe(0);
  });

  test('a pod deleted before it was placed leaves nothing behind', async () => {
    world.start();
    world.create(makePod('web', { containers: [{ ports: [{ containerPort: 80, hostPort: 80 }] }] }));
    await world.run(500);
    world.delete('web');
    await world.run(500);
    expect(world.scheduler?.state.queue.size).toBe(0);
    expect(world.scheduler?.state.registry.size).toBe(0);
  });
});

describe('offers', () => {
  test('are asked for when a pod comes, and stopped when nothing waits', async () => {
    world.start();
    await world.run(3000);
    expect(callsOf('REVIVE')).toHaveLength(0);
    world.create(makePod('web'));
    await world.run(300);
    expect(callsOf('REVIVE')).toHaveLength(1);
    await world.run(3000);
    expect(callsOf('SUPPRESS')).toHaveLength(1);
  });

  test('that fit nobody are given back after their time, for long', async () => {
    world.start();
    world.create(makePod('web', { containers: [{ ports: [{ containerPort: 80, hostPort: 80 }] }] }));
    await world.run(4000);
    expect(callsOf('DECLINE')).toHaveLength(0);
    expect(eventsOf('web').map(({ message }) => message)).toEqual(['no offer has host port 80 (offered 31000-31009)']);
    await world.run(2000);
    const [decline] = callsOf('DECLINE');
    expect(decline?.decline.filters?.refuse_seconds).toBe(300);
    expect(callsOf('REVIVE')).toHaveLength(1);
  });

  test('are asked for again when another pod comes that what is held does not fit', async () => {
    world.start();
    const port = (hostPort: number) => ({ containers: [{ ports: [{ containerPort: 80, hostPort }] }] });
    world.create(makePod('a', port(80)));
    await world.run(1000);
    world.create(makePod('b', port(81)));
    await world.run(1000);
    expect(callsOf('REVIVE')).toHaveLength(2);
    world.create(makePod('c', port(31005)));
    await world.run(1000);
    expect(world.running()).toEqual(['c.default.pods']);
  });
});

describe('the end of a task', () => {
  const start = async (parts: Parameters<typeof makePod>[1] = {}) => {
    world.start();
    world.create(makePod('web', parts));
    await world.run(2000);
    expect(world.running()).toHaveLength(1);
  };
  const lost = { state: 'TASK_LOST', source: 'SOURCE_AGENT', reason: 'REASON_EXECUTOR_TERMINATED' } as const;

  test('that nobody asked for marks a bare pod Failed', async () => {
    await start();
    world.endTask('web', lost);
    await world.run(500);
    expect(world.pod('web')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'TaskLost',
      message: 'its Mesos task has ended: TASK_LOST (REASON_EXECUTOR_TERMINATED)',
    });
    expect(world.tasks.size).toBe(0);
  });

  test('deletes a pod that a controller will replace', async () => {
    const owner = { apiVersion: 'v1', kind: 'ReplicationController', name: 'rc', uid: 'u', controller: true };
    await start({ metadata: { ownerReferences: [owner] } });
    world.endTask('web', lost);
    await world.run(500);
    expect(world.pod('web')).toBeUndefined();
  });

  test('by the executor leaves it the time to write how the pod ended', async () => {
    await start();
    world.endTask('web', { state: 'TASK_FINISHED', source: 'SOURCE_EXECUTOR' });
    await world.run(500);
    expect(world.pod('web')?.status?.phase).toBe('Running');
    world.update('web', (pod) => ({ ...pod, status: { phase: 'Succeeded' } }));
    await world.run(3000);
    expect(world.pod('web')?.status?.phase).toBe('Succeeded');
    expect(world.scheduler?.state.registry.size).toBe(0);
  });

  test('by an executor that then dies is written by the scheduler', async () => {
    await start();
    world.endTask('web', { state: 'TASK_FAILED', source: 'SOURCE_EXECUTOR' });
    await world.run(3000);
    expect(world.pod('web')?.status?.phase).toBe('Failed');
  });

  test('before the pod was bound places it again', async () => {
    let failures = 2;
    world.executorFails = () => failures-- > 0;
    world.start();
    world.create(makePod('web'));
    await world.run(5000);
    expect(world.running()).toHaveLength(1);
    expect(callsOf('ACCEPT')).toHaveLength(3);
    expect(eventsOf('web')[1]).toMatchObject({
      reason: 'FailedScheduling',
      message: 'the launch failed: TASK_FAILED: create-binding-failure',
    });
  });
});

describe('restarts', () => {
  test('a new scheduler takes over what runs', async () => {
    world.start();
    world.create(makePod('web'));
    await world.run(2000);
    await world.stop();
    world.start();
    await world.run(2000);
    expect(world.running()).toHaveLength(1);
    expect(callsOf('ACCEPT')).toHaveLength(1);
    expect(callsOf('RECONCILE').flatMap((call) => call.reconcile.tasks ?? [])[0]).toMatchObject({
      task_id: { value: 'pod.uid-web' },
      agent_id: { value: expect.stringMatching(/^S/) },
    });
  });

  test('a pod deleted meanwhile is killed', async () => {
    world.start();
    world.create(makePod('web'));
    await world.run(2000);
    await world.stop();
    world.pods.clear();
    world.start();
    await world.run(3000);
    expect(world.running()).toEqual([]);
    expect(world.tasks.size).toBe(0);
  });

  test('a pod whose task was lost meanwhile is settled', async () => {
    world.start();
    world.create(makePod('web'));
    await world.run(2000);
    await world.stop();
    world.loseTask('web');
    world.start();
    await world.run(2000);
    expect(world.pod('web')?.status?.phase).toBe('Failed');
  });

  test('a broken connection loses and doubles nothing', async () => {
    world.start();
    for (let index = 0; index < 6; index += 1) {
      world.create(makePod(`p${index}`));
      await world.run(50);
      world.breakConnection();
    }
    await world.run(10_000);
    expect(world.running()).toHaveLength(6);
    expect(world.violations).toEqual([]);
  });
});

/** Some pods, one of them deleted early and one whose launch fails once. */
async function story(): Promise<void> {
  let failures = 1;
  world.executorFails = (task) => task.name.startsWith('p2.') && failures-- > 0;
  world.start();
  for (const name of ['p0', 'p1', 'p2']) world.create(makePod(name));
  await world.run(400);
  world.delete('p1');
  await world.run(600);
}

/** What must hold after any crash, once a scheduler has had time. */
function expectAllWell(): void {
  expect(world.violations).toEqual([]);
  expect(world.running()).toEqual(['p0.default.pods', 'p2.default.pods']);
  expect([...world.pods.keys()].sort()).toEqual(['p0', 'p2']);
  for (const pod of world.pods.values()) expect(pod.status?.phase).toBe('Running');
}

test('killed before or after any of its steps, the next scheduler finishes the work: nothing lost, nothing doubled', async () => {
  await story();
  await world.run(10_000);
  expectAllWell();
  const steps = world.steps;
  expect(steps).toBeGreaterThan(20);
  await world.stop();

  for (let crashAt = 1; crashAt <= steps; crashAt += 1) {
    world = new FakeWorld();
    world.crashAtStep = crashAt;
    await story();
    if (world.crashed) world.start();
    await world.run(20_000);
    expectAllWell();
    await world.stop();
  }
}, 120_000);

describe('whatever happens', () => {
  type Happening =
    | { readonly kind: 'create' | 'delete' | 'lose'; readonly name: string }
    | { readonly kind: 'crash'; readonly steps: number }
    | { readonly kind: 'executors'; readonly work: boolean }
    | { readonly kind: 'cut' | 'restart' };
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const happening: fc.Arbitrary<Happening> = fc.oneof(
    { weight: 4, arbitrary: name.map((each): Happening => ({ kind: 'create', name: each })) },
    { weight: 2, arbitrary: name.map((each): Happening => ({ kind: 'delete', name: each })) },
    { weight: 1, arbitrary: name.map((each): Happening => ({ kind: 'lose', name: each })) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 }).map((steps): Happening => ({ kind: 'crash', steps })) },
    { weight: 2, arbitrary: fc.boolean().map((work): Happening => ({ kind: 'executors', work })) },
    { weight: 1, arbitrary: fc.constantFrom<Happening>({ kind: 'cut' }, { kind: 'restart' }) },
  );
  const schedule = fc.array(fc.tuple(happening, fc.integer({ min: 0, max: 12 })), { maxLength: 15 });

  async function happen(event: Happening, count: number): Promise<void> {
    switch (event.kind) {
      case 'create':
        if (world.pod(event.name) === undefined) world.create(makePod(event.name, { uid: `${event.name}-${count}` }));
        return;
      case 'delete':
        world.delete(event.name);
        return;
      case 'lose':
        // Only what is bound: the loss of a task that was never heard of is the master's crash, not an agent's.
        if (world.pod(event.name)?.spec?.nodeName !== undefined) world.loseTask(event.name);
        return;
      case 'crash':
        world.crashAtStep = world.steps + event.steps;
        return;
      case 'executors':
        world.executorsWork = event.work;
        return;
      case 'cut':
        if (!world.crashed) world.breakConnection();
        return;
      case 'restart':
        if (!world.crashed) await world.stop();
        world.crashAtStep = Infinity;
        world.start();
        return;
    }
  }

  test('every pod that stays runs once, and every pod that goes leaves nothing', async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (happenings) => {
        world = new FakeWorld();
        world.start();
        let count = 0;
        for (const [event, ticks] of happenings) {
          await happen(event, count++);
          await world.run(ticks * 50);
          if (world.crashed) {
            world.crashAtStep = Infinity;
            world.start();
          }
        }
        world.executorsWork = true;
        world.crashAtStep = Infinity;
        await world.run(60_000);
        expect(world.violations).toEqual([]);
        const wanted = [...world.pods.values()].filter((pod) => pod.status?.phase !== 'Failed');
        expect(world.running()).toEqual(wanted.map((pod) => `${pod.metadata.name}.default.pods`).sort());
        expect(wanted.filter((pod) => pod.metadata.deletionTimestamp !== undefined)).toEqual([]);
        expect(world.scheduler?.state.registry.size).toBe(wanted.length);
        await world.stop();
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
