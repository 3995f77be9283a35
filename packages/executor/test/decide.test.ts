import fc from 'fast-check';
import type { Container, Pod } from '../src/api/core-v1';
import { nextBackoff, restartAllowedAt, type RestartBackoff } from '../src/pods/backoff';
import { decide, podOutcome } from '../src/pods/decide';
import { podStatus } from '../src/pods/pod-status';
import type { ContainerMemory, PodGoal, PodView, ProbeVerdict } from '../src/pods/pod-view';
import type { ObservedContainer, ObservedState } from '../src/runtime/runtime';

const NOW = 1_000_000_000;
const OPTIONS = { keepDeadContainers: 2 };
const present: ContainerMemory = { image: { state: 'present' } };

function pod(spec: Partial<Pod['spec']>): Pod {
  return { metadata: { name: 'p', namespace: 'default', uid: 'u' }, spec: { containers: [{ name: 'c' }], ...spec } };
}

function view(more: Partial<PodView>): PodView {
  return {
    pod: pod({}),
    goal: { type: 'run' },
    observed: { containers: [] },
    memory: new Map([
      ['c', present],
      ['i', present],
    ]),
    verdicts: new Map(),
    busy: new Set(),
    ...more,
  };
}

const sandbox = {
  id: 's',
  running: true,
  ip: '10.0.0.1',
  attempt: 0,
  image: 'kubernetes/pause:latest',
  imageId: 'abc',
  startedAt: 0,
};
const container = (name: string, attempt: number, state: ObservedState): ObservedContainer => ({
  id: `${name}-${attempt}`,
  name,
  attempt,
  image: 'i',
  imageId: 'x',
  state,
});
const running: ObservedState = { phase: 'running', startedAt: NOW - 5_000 };
const exited = (exitCode: number, ago = 0): ObservedState => ({
  phase: 'exited',
  startedAt: NOW - ago - 1_000,
  finishedAt: NOW - ago,
  exitCode,
});
const types = (result: ReturnType<typeof decide>): string[] => result.actions.map(({ type }) => type);

describe('decide', () => {
  test('sandbox first, then the image, then the container', () => {
    expect(types(decide(view({}), NOW, OPTIONS))).toEqual(['create-sandbox']);
    const unknown = new Map<string, ContainerMemory>([['c', { image: { state: 'unknown' } }]]);
    expect(types(decide(view({ observed: { sandbox, containers: [] }, memory: unknown }), NOW, OPTIONS))).toEqual([
      'pull-image',
    ]);
    expect(types(decide(view({ observed: { sandbox, containers: [] } }), NOW, OPTIONS))).toEqual(['start-container']);
    const up = view({ observed: { sandbox, containers: [container('c', 0, running)] } });
    expect(decide(up, NOW, OPTIONS)).toEqual({ actions: [], gone: false });
  });

  test('init containers run one by one, and again when they fail', () => {
    const spec = pod({ initContainers: [{ name: 'i' }, { name: 'j' }] });
    const first = decide(view({ pod: spec, observed: { sandbox, containers: [] } }), NOW, OPTIONS);
    expect(first.actions).toMatchObject([{ type: 'start-container', key: 'i', attempt: 0 }]);
    const failed = view({ pod: spec, observed: { sandbox, containers: [container('i', 0, exited(1))] } });
    expect(decide(failed, NOW, OPTIONS).actions).toMatchObject([{ type: 'start-container', key: 'i', attempt: 1 }]);
    const never = view({ ...failed, pod: pod({ initContainers: [{ name: 'i' }], restartPolicy: 'Never' }) });
    expect(decide(never, NOW, OPTIONS).ended).toBe('Failed');
  });

  test('a crash restarts at once, then with growing pauses', () => {
    const backoff: RestartBackoff = { delayMs: 20_000, updatedAt: NOW - 30_000 };
    const memory = new Map([['c', { ...present, backoff }]]);
    const dead = view({ memory, observed: { sandbox, containers: [container('c', 1, exited(1, 5_000))] } });
    expect(decide(dead, NOW, OPTIONS)).toMatchObject({ actions: [], wakeAt: NOW + 15_000 });
    expect(types(decide(dead, NOW + 15_000, OPTIONS))).toEqual(['start-container']);
  });

  test('a failed liveness probe stops the container, which restarts it', () => {
    const verdict: ProbeVerdict = { liveness: 'failed', startup: 'ok', readiness: false };
    const sick = view({
      observed: { sandbox, containers: [container('c', 0, running)] },
      verdicts: new Map([['c-0', verdict]]),
    });
    expect(decide(sick, NOW, OPTIONS).actions).toMatchObject([{ type: 'stop-container', id: 'c-0', why: 'liveness' }]);
  });

  test('stop: containers, then all that is left, then gone', () => {
    const goal: PodGoal = { type: 'stop', graceSeconds: 7 };
    const up = view({ goal, observed: { sandbox, containers: [container('c', 0, running)] } });
    expect(decide(up, NOW, OPTIONS).actions).toMatchObject([{ type: 'stop-container', graceSeconds: 7 }]);
    const down = view({ goal, observed: { sandbox, containers: [container('c', 0, exited(0))] } });
    expect(types(decide(down, NOW, OPTIONS))).toEqual(['remove-pod']);
    expect(decide(view({ goal }), NOW, OPTIONS).gone).toBe(true);
    expect(decide(view({ goal, busy: new Set(['pull/c']) }), NOW, OPTIONS).gone).toBe(true);
    expect(decide(view({ goal, busy: new Set(['c']) }), NOW, OPTIONS).gone).toBe(false);
  });
});

const state = fc.oneof(
  fc.constant<ObservedState>({ phase: 'created' }),
  fc.constant(running),
  fc.integer({ min: 0, max: 3 }).map((code) => exited(code, 1_000)),
);
const containers = fc
  .array(fc.record({ name: fc.constantFrom('c', 'd', 'i'), attempt: fc.nat(4), state }), { maxLength: 6 })
  .map((list) => {
    const seen = new Map<string, ObservedContainer>();
    for (const entry of list)
      seen.set(`${entry.name}-${entry.attempt}`, container(entry.name, entry.attempt, entry.state));
    return [...seen.values()];
  });
const spec = fc.record({
  restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
  init: fc.boolean(),
  two: fc.boolean(),
});
const anyView = fc
  .record({
    spec,
    containers,
    sandbox: fc.constantFrom(undefined, sandbox, { ...sandbox, running: false }),
    busy: fc.subarray(['sandbox', 'c', 'd', 'pull/c', 'stop/c-0']),
    goal: fc.constantFrom<PodGoal>(
      { type: 'run' },
      { type: 'stop', graceSeconds: 3 },
      { type: 'fail', reason: 'r', message: 'm' },
    ),
  })
  .map((parts): PodView => {
    const list: Container[] = parts.spec.two ? [{ name: 'c' }, { name: 'd' }] : [{ name: 'c' }];
    return view({
      pod: pod({
        restartPolicy: parts.spec.restartPolicy,
        containers: list,
        ...(parts.spec.init ? { initContainers: [{ name: 'i' }] } : {}),
      }),
      observed: { containers: parts.containers, ...(parts.sandbox === undefined ? {} : { sandbox: parts.sandbox }) },
      busy: new Set(parts.busy),
      goal: parts.goal,
      memory: new Map(['c', 'd', 'i'].map((name) => [name, present])),
    });
  });

describe('decide, whatever is seen', () => {
  test('never two actions of a key, never one that is in flight, never two running of a name', () => {
    fc.assert(
      fc.property(anyView, (seen) => {
        const { actions } = decide(seen, NOW, OPTIONS);
        const keys = actions.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        for (const action of actions) {
          expect(seen.busy.has(action.key)).toBe(false);
          if (action.type !== 'start-container') continue;
          const newest = seen.observed.containers.filter(({ name }) => name === action.container.name);
          expect(newest.every(({ attempt }) => attempt < action.attempt)).toBe(true);
          expect(seen.observed.sandbox?.running).toBe(true);
          expect(seen.goal.type).toBe('run');
        }
      }),
    );
  });

  test('nothing is started of a pod that has its outcome, and its phase says it', () => {
    fc.assert(
      fc.property(anyView, (seen) => {
        fc.pre(seen.goal.type === 'run');
        const outcome = podOutcome(seen);
        const decision = decide(seen, NOW, OPTIONS);
        if (outcome === undefined) return;
        expect(decision.actions.every(({ type }) => type === 'stop-sandbox' || type === 'stop-container')).toBe(true);
        const facts = { runtime: 'process', hostIP: '10.0.0.9', startTime: NOW };
        expect(podStatus({ ...seen, ended: outcome }, facts, NOW).phase).toBe(outcome);
      }),
    );
  });

  test('a status names every container and is ready only when all are', () => {
    fc.assert(
      fc.property(anyView, (seen) => {
        const status = podStatus(seen, { runtime: 'process', hostIP: '10.0.0.9', startTime: NOW }, NOW);
        expect(status.containerStatuses?.map(({ name }) => name)).toEqual(
          seen.pod.spec.containers.map(({ name }) => name),
        );
        const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
        if (ready) expect(status.containerStatuses?.every((entry) => entry.ready)).toBe(true);
        for (const entry of status.containerStatuses ?? []) expect(Object.keys(entry.state ?? {})).toHaveLength(1);
      }),
    );
  });
});

test('back-off doubles from 10 s to 5 min and starts over after 10 min of peace', () => {
  let backoff = nextBackoff(undefined, 0);
  const delays = [backoff.delayMs];
  for (let index = 0; index < 6; index += 1) {
    backoff = nextBackoff(backoff, 0);
    delays.push(backoff.delayMs);
  }
  expect(delays).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  expect(restartAllowedAt(backoff, 600_000)).toBe(900_000);
  expect(restartAllowedAt(backoff, 600_001)).toBe(600_001);
  expect(nextBackoff(backoff, 700_000, 600_001).delayMs).toBe(10_000);
});
