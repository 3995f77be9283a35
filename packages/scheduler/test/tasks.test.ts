import fc from 'fast-check';
import type { Resource, TaskState, TaskStatus } from '@kubernetes-mesos/mesos';
import { parseExecutorRecords } from '../src/ha/executor-record-store';
import { agentId, podUid, podUidOf, taskIdOf } from '../src/ids';
import { crc64Hex } from '../src/tasks/crc64';
import { ExecutorCatalog, type ExecutorTemplate } from '../src/tasks/executor-catalog';
import { settle } from '../src/tasks/settlement';
import { decideStatus } from '../src/tasks/status-decision';
import { hasEnded, type TaskPhase } from '../src/tasks/task-phase';
import { makeAgent, makeCatalog, makePod, scalar, TEMPLATE } from './builders';

const A = agentId('A');
const status = (state: TaskState, parts: Partial<TaskStatus> = {}): TaskStatus => ({
  task_id: { value: 'pod.u' },
  state,
  ...parts,
});
const launching: TaskPhase = { kind: 'launching', agentId: A, hostname: 'h', since: 0 };
const live: TaskPhase = { kind: 'live', agentId: A, state: 'TASK_RUNNING', since: 0 };
const answer = { source: 'SOURCE_MASTER', reason: 'REASON_RECONCILIATION' } as const;

test('task ids are made from uids and lead back to them', () => {
  expect(taskIdOf(podUid('1-2'))).toBe('pod.1-2');
  expect(podUidOf('pod.1-2')).toBe('1-2');
  expect(podUidOf('other')).toBeUndefined();
  expect(podUidOf('pod.')).toBeUndefined();
});

test('the checksum is CRC-64/ECMA as Go makes it', () => {
  expect(crc64Hex('')).toBe('0000000000000000');
  expect(crc64Hex('123456789')).toBe('995dc9bbdf1939fa');
});

describe('a status update', () => {
  const decide = (phase: TaskPhase, update: TaskStatus, wanted = true, now = 60_000) =>
    decideStatus(phase, update, wanted, now);

  test('of a running task is the live phase', () => {
    const { phase, action } = decide(launching, status('TASK_RUNNING', { agent_id: { value: 'A' } }));
    expect(phase).toEqual({ kind: 'live', agentId: 'A', state: 'TASK_RUNNING', since: 0 });
    expect(action.kind).toBe('acknowledge');
  });
  test('of a task whose pod is gone kills it', () => {
    expect(decide(live, status('TASK_RUNNING'), false).action.kind).toBe('kill');
  });
  test('of a second task, on another agent, kills that', () => {
    expect(decide(launching, status('TASK_RUNNING', { agent_id: { value: 'B' } }))).toEqual({
      phase: launching,
      action: { kind: 'kill' },
    });
  });
  test('of an earlier task that ended elsewhere says nothing', () => {
    expect(decide(live, status('TASK_LOST', { agent_id: { value: 'B' } })).phase).toBe(live);
  });
  test('that answers a question from before the launch is passed over', () => {
    expect(decide(launching, status('TASK_UNKNOWN', answer), true, 1000).phase).toBe(launching);
    expect(decide(launching, status('TASK_UNKNOWN', answer), true, 60_000).phase.kind).toBe('settling');
  });
  test('that answers "it has ended" waits for the update itself: until then the id is taken', () => {
    const checking: TaskPhase = { kind: 'checking', since: 0 };
    const ended = status('TASK_FAILED', { ...answer, message: 'Reconciliation: Latest task state' });
    expect(decide(checking, ended)).toEqual({ phase: checking, action: { kind: 'acknowledge' } });
    expect(decide(checking, status('TASK_FAILED', { source: 'SOURCE_AGENT' })).action.kind).toBe('settle');
    expect(decide(checking, status('TASK_LOST', answer)).action.kind).toBe('settle');
  });
  test('of an unreachable agent leaves the pod alone', () => {
    expect(decide(live, status('TASK_UNREACHABLE', { agent_id: { value: 'A' } })).phase).toMatchObject({
      kind: 'unreachable',
      agentId: 'A',
    });
  });

  test('never makes a pod placeable by itself, and never settles what still runs', () => {
    const phases: TaskPhase[] = [
      launching,
      live,
      { kind: 'checking', since: 0 },
      { kind: 'unreachable', since: 0 },
      { kind: 'settling' },
    ];
    const states: TaskState[] = [
      'TASK_STAGING',
      'TASK_STARTING',
      'TASK_RUNNING',
      'TASK_KILLING',
      'TASK_UNREACHABLE',
      'TASK_FINISHED',
      'TASK_FAILED',
      'TASK_KILLED',
      'TASK_LOST',
      'TASK_ERROR',
      'TASK_DROPPED',
      'TASK_GONE',
      'TASK_UNKNOWN',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...phases),
        fc.constantFrom(...states),
        fc.constantFrom(undefined, 'A', 'B'),
        fc.boolean(),
        fc.boolean(),
        fc.nat(100_000),
        (phase, state, agent, reconciled, wanted, now) => {
          const update = status(state, {
            ...(agent === undefined ? {} : { agent_id: { value: agent } }),
            ...(reconciled ? answer : {}),
          });
          const { phase: next, action } = decide(phase, update, wanted, now);
          expect(next.kind).not.toBe('waiting');
          if (action.kind === 'settle') expect(hasEnded(state)).toBe(true);
          if (next.kind === 'settling' && phase.kind !== 'settling') expect(action.kind).toBe('settle');
        },
      ),
    );
  });
});

describe('the end of a task means', () => {
  const uid = podUid('uid-p');
  const bound = (parts: Parameters<typeof makePod>[1] = {}) =>
    makePod('p', {
      ...parts,
      metadata: {
        ...parts.metadata,
        annotations: { 'k8s.mesosphere.io/bindingHost': 'h', 'k8s.mesosphere.io/slaveId': 'A' },
      },
      spec: { nodeName: 'h' },
    });
  const byAgent = status('TASK_FAILED', { source: 'SOURCE_AGENT', agent_id: { value: 'A' } });
  const byExecutor = { ...byAgent, source: 'SOURCE_EXECUTOR' } as const;
  const owned = {
    metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'RC', name: 'r', uid: 'x', controller: true }] },
  };

  test.each([
    ['nothing for a pod that is gone', undefined, byAgent, false, 'forget'],
    ['nothing for another pod of the name', makePod('p', { uid: 'other' }), byAgent, false, 'forget'],
    ['nothing for a pod that is over', bound({ status: { phase: 'Succeeded' } }), byAgent, false, 'forget'],
    ['another place for a pod that was not bound', makePod('p'), byAgent, false, 'requeue'],
    ['Failed for a bare pod', bound(), byAgent, false, 'fail'],
    ['deletion for an owned pod', bound(owned), byAgent, false, 'delete'],
    ['a second look when the executor says so', bound(), byExecutor, false, 'verify'],
    ['the same as else when it was looked at twice', bound(), byExecutor, true, 'fail'],
    ['deletion for a pod being deleted', bound({ metadata: { deletionTimestamp: 'x' } }), byAgent, false, 'delete'],
    ['a question when the pod is bound elsewhere', bound(), { ...byAgent, agent_id: { value: 'B' } }, false, 'check'],
    [
      'a question when the master refuses the task',
      makePod('p'),
      status('TASK_ERROR', { source: 'SOURCE_MASTER' }),
      false,
      'check',
    ],
  ] as const)('%s', (_name, pod, update, verified, kind) => {
    expect(settle(pod, uid, update, verified).kind).toBe(kind);
  });

  test('a word on where to look, when the executor could not tell itself', () => {
    const noNode = status('TASK_FAILED', {
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Command exited with status 127',
      agent_id: { value: 'A' },
      executor_id: { value: 'E' },
    });
    expect(settle(makePod('p'), uid, noNode, false)).toMatchObject({
      message:
        'TASK_FAILED (REASON_EXECUTOR_TERMINATED): Command exited with status 127 - see the file stderr in the Mesos ' +
        'sandbox of executor E on agent A',
    });
  });

  test('offers that were gone are not held against the pod', () => {
    const gone = status('TASK_DROPPED', { source: 'SOURCE_MASTER', reason: 'REASON_INVALID_OFFERS' });
    expect(settle(makePod('p'), uid, gone, false)).toMatchObject({ kind: 'requeue', failed: false });
  });
});

describe('executors', () => {
  test('the id changes with the flags and with what is charged, not with the host', () => {
    const id = (cost?: { cpus?: number }) => {
      const { executor } = makeAgent('a', {}, makeCatalog(cost));
      return executor.kind === 'usable' ? executor.executorId : '';
    };
    expect(id()).toBe(id());
    expect(id()).not.toBe(id({ cpus: 500 }));
    const catalog = makeCatalog();
    expect(catalog.info(id(), 'h1').command?.arguments?.at(-1)).toBe('--hostname_override=h1');
  });

  test('the id changes with the role of the framework: Mesos compares what resources are allocated to', () => {
    const [id, prod] = ['*', 'prod'].map((allocationRole) =>
      new ExecutorCatalog({ ...TEMPLATE, allocationRole }).take(makeAgent('a').pool),
    );
    expect(id).not.toBe(prod);
  });

  describe('of another scheduler', () => {
    const uris = (host: string) => [{ value: `http://${host}/km`, executable: true }];
    const at = (host: string, more: string[] = []): ExecutorTemplate => ({
      ...TEMPLATE,
      servedFrom: `http://${host}`,
      command: { ...TEMPLATE.command, arguments: ['./km', 'executor', ...more], uris: uris(host) },
    });
    const first = new ExecutorCatalog(at('a:1'));
    const id = first.take(makeAgent('a').pool) ?? '';

    test('are used, word for word as they were started, when they are alike', () => {
      const second = new ExecutorCatalog(at('b:2'), parseExecutorRecords(JSON.stringify(first.records())));
      expect(second.take(makeAgent('a').pool)).not.toBe(id);
      expect(second.knows(id)).toBe(true);
      expect(second.info(id, 'h')).toEqual(first.info(id, 'h'));
      expect(new ExecutorCatalog(at('b:2')).knows(id)).toBe(false);
    });
    test('are not used when their flags differ, and their records are passed on', () => {
      const second = new ExecutorCatalog(at('b:2', ['--v=4']), first.records());
      expect(second.knows(id)).toBe(false);
      expect(new ExecutorCatalog(at('c:3'), second.records()).knows(id)).toBe(true);
    });
    test('are told of when a new one is about to be started', () => {
      let learned = 0;
      const catalog = new ExecutorCatalog(at('a:1'), [], () => (learned += 1));
      expect(learned).toBe(0);
      const reserved = (name: string, value: number): Resource => ({
        ...scalar(name, value),
        reservations: [{ type: 'DYNAMIC', role: 'prod', principal: 'p' }],
      });
      const { executor } = makeAgent('a', { resources: [reserved('cpus', 1), reserved('mem', 512)] }, catalog);
      expect(learned).toBe(1);
      const known = executor.kind === 'usable' ? executor.executorId : '';
      expect(new ExecutorCatalog(at('a:1'), catalog.records()).knows(known)).toBe(true);
    });
    test('records that cannot be read are passed over', () => {
      expect(parseExecutorRecords(undefined)).toEqual([]);
      expect(parseExecutorRecords('{')).toEqual([]);
      expect(parseExecutorRecords('[1,null,{"id":"x"}]')).toEqual([]);
      expect(parseExecutorRecords(JSON.stringify(first.records()))).toEqual(first.records());
    });
  });

  test('one that was charged to a reservation is known to a scheduler that starts anew', () => {
    const offer = { resources: [scalar('cpus', 1, 'prod'), scalar('mem', 512, 'prod')] };
    const { executor } = makeAgent('a', offer, makeCatalog());
    const id = executor.kind === 'usable' ? executor.executorId : '';
    const next = makeCatalog();
    expect(next.knows(id)).toBe(true);
    expect(next.info(id, 'h').resources?.[0]).toEqual(scalar('cpus', 0.25, 'prod'));
  });
});
