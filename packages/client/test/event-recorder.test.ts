import { StatusError, type Event, type KubeObject, type Pod } from '@kubernetes-mesos/api-types';
import { FakeClock } from '@kubernetes-mesos/test-support';
import { ApiServerUnavailableError, createEventRecorder, type KubeClient, type Patch, type ResourceRef } from '../src';
import { EventCorrelator } from '../src/event-correlator';
import { notFound } from './support/versioned-store';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'ns', uid: 'u1', resourceVersion: '7' },
};

class EventSink implements Pick<KubeClient, 'create' | 'patch'> {
  readonly written: { readonly verb: 'create' | 'patch'; readonly name: string; readonly body: Partial<Event> }[] = [];
  failure: (() => Error | undefined) | undefined;

  async create<T extends KubeObject>(_resource: ResourceRef<T>, object: T): Promise<T> {
    this.#failIfTold();
    this.written.push({ verb: 'create', name: object.metadata.name ?? '', body: object });
    return object;
  }

  async patch<T extends KubeObject>(_resource: ResourceRef<T>, key: { name: string }, patch: Patch): Promise<T> {
    this.#failIfTold();
    this.written.push({ verb: 'patch', name: key.name, body: patch.body as Partial<Event> });
    return { metadata: { name: key.name } } as T;
  }

  #failIfTold(): void {
    const error = this.failure?.();
    if (error !== undefined) throw error;
  }
}

function recorder(maxQueued = 1000) {
  const sink = new EventSink();
  const clock = new FakeClock(Date.UTC(2024, 0, 2, 3, 4, 5));
  return { sink, clock, events: createEventRecorder({ client: sink, component: 'scheduler', clock, maxQueued }) };
}

test('an event says what happened to what', async () => {
  const { sink, events } = recorder();
  events.event(pod, 'Normal', 'Scheduled', 'Successfully assigned web to n1');
  await events.close();
  await events.close();
  expect(sink.written).toHaveLength(1);
  const { body } = sink.written[0]!;
  expect(body).toMatchObject({
    metadata: { namespace: 'ns' },
    involvedObject: { kind: 'Pod', namespace: 'ns', name: 'web', uid: 'u1', apiVersion: 'v1', resourceVersion: '7' },
    reason: 'Scheduled',
    source: { component: 'scheduler' },
    firstTimestamp: '2024-01-02T03:04:05Z',
    count: 1,
    type: 'Normal',
  });
  expect(body.metadata?.name).toMatch(/^web\.[0-9a-f]{16}$/);
});

test('an equal one is counted up, with the newest count only when the writer lags', async () => {
  const { sink, clock, events } = recorder();
  events.event(pod, 'Warning', 'FailedScheduling', 'no offers');
  await clock.advance(1);
  for (let more = 0; more < 3; more += 1) events.event(pod, 'Warning', 'FailedScheduling', 'no offers');
  await events.close();
  expect(sink.written.map(({ verb, body }) => [verb, body.count])).toEqual([
    ['create', 1],
    ['patch', 4],
  ]);
  expect(sink.written[1]!.name).toBe(sink.written[0]!.name);
});

test('an event whose time to live is over is made anew', async () => {
  const { sink, clock, events } = recorder();
  events.event(pod, 'Warning', 'FailedScheduling', 'no offers');
  await clock.advance(1);
  let failures = 1;
  sink.failure = () => (failures-- > 0 ? notFound('events "web" not found') : undefined);
  events.event(pod, 'Warning', 'FailedScheduling', 'no offers');
  await events.close();
  expect(sink.written.map(({ verb, body }) => [verb, body.count])).toEqual([
    ['create', 1],
    ['create', 2],
  ]);
});

test('a server that is away costs the oldest events only, and nobody waits', async () => {
  const { sink, clock, events } = recorder(3);
  let away = true;
  sink.failure = () =>
    away ? new ApiServerUnavailableError('away', { servers: [], mayHaveBeenDone: false }) : undefined;
  for (let index = 0; index < 6; index += 1) {
    events.event({ ...pod, metadata: { name: `p${index}` } }, 'Normal', 'Started', 'x');
  }
  await clock.advance(1000);
  away = false;
  await clock.advance(20_000);
  await events.close();
  expect(sink.written.map(({ name }) => name.split('.')[0])).toEqual(['p3', 'p4', 'p5']);
});

test('a refused event is dropped, closing does not wait for ever', async () => {
  const { sink, clock, events } = recorder();
  let refusals = 1;
  const forbidden = new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 403 });
  sink.failure = () => (refusals-- > 0 ? forbidden : undefined);
  events.event(pod, 'Normal', 'A', 'a');
  events.event(pod, 'Normal', 'B', 'b');
  await clock.advance(1);
  expect(sink.written.map(({ body }) => body.reason)).toEqual(['B']);
  sink.failure = () => new ApiServerUnavailableError('away', { servers: [], mayHaveBeenDone: false });
  events.event(pod, 'Normal', 'C', 'c');
  const closed = events.close();
  await clock.advance(5000);
  await closed;
});

describe('correlation', () => {
  const occurrence = (message: string) => ({ object: pod, type: 'Normal' as const, reason: 'Pulling', message });

  test('more than ten messages of one reason become one', () => {
    const correlator = new EventCorrelator({ component: 'kubelet', host: 'n1' });
    const keys = new Set<string>();
    let last = '';
    for (let index = 0; index < 15; index += 1) {
      const result = correlator.correlate(occurrence(`image ${index}`), 1000);
      if (result.kind === 'write') {
        keys.add(result.key);
        last = `${result.event.count} ${result.event.message}`;
      }
    }
    expect(keys.size).toBe(11);
    expect(last).toBe('5 (combined from similar events): image 14');
    const later = correlator.correlate(occurrence('image 99'), 1000 + 600_001);
    expect(later).toMatchObject({ kind: 'write', event: { message: 'image 99', count: 1 } });
  });

  test('an object gets 25 at once and then one every five minutes', () => {
    const correlator = new EventCorrelator({ component: 'kubelet' });
    const written = (nowMs: number) => correlator.correlate(occurrence('same'), nowMs).kind === 'write';
    expect(Array.from({ length: 30 }, () => written(0)).filter(Boolean)).toHaveLength(25);
    expect(written(299_999)).toBe(false);
    expect(written(300_000)).toBe(true);
    expect(written(300_000)).toBe(false);
  });
});
