import { FakeClock } from '@kubernetes-mesos/test-support';
import fc from 'fast-check';
import { createWorkQueue } from '../src';

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a key is handed out once, and again after done if it was queued meanwhile', async () => {
  const queue = createWorkQueue();
  queue.add('a');
  queue.add('a');
  queue.add('b');
  expect(queue.length).toBe(2);
  expect(await queue.next()).toBe('a');
  queue.add('a');
  expect(await queue.next()).toBe('b');
  expect(queue.length).toBe(0);
  queue.done('a');
  expect(await queue.next()).toBe('a');
});

test('of several delays the earliest wins', async () => {
  const clock = new FakeClock();
  const queue = createWorkQueue({ clock });
  queue.addAfter('a', 100);
  queue.addAfter('a', 50);
  queue.addAfter('a', 80);
  await clock.advance(49);
  expect(queue.length).toBe(0);
  await clock.advance(1);
  expect(queue.length).toBe(1);
  expect(clock.pendingTimers).toBe(0);
});

test('the back-off grows until it is forgotten', async () => {
  const clock = new FakeClock();
  const queue = createWorkQueue({ clock, initialBackoffMs: 10, maxBackoffMs: 1000, random: () => 0.999999 });
  const delays: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const start = clock.monotonic();
    queue.addRateLimited('a');
    while (queue.length === 0) await clock.advance(1);
    delays.push(clock.monotonic() - start);
    queue.done((await queue.next())!);
    if (round === 1) queue.forget('a');
  }
  expect(delays).toEqual([10, 20, 10]);
});

test('closing wakes who waits, drops what is delayed, hands out what is queued', async () => {
  const clock = new FakeClock();
  const queue = createWorkQueue({ clock });
  const waiting = queue.next();
  queue.addAfter('late', 5);
  queue.close();
  expect(await waiting).toBeUndefined();
  expect(clock.pendingTimers).toBe(0);
  const second = createWorkQueue({ clock });
  second.add('a');
  second.close();
  second.add('b');
  expect(await second.next()).toBe('a');
  expect(await second.next()).toBeUndefined();
});

test('many keys go through in linear time and in order', async () => {
  const queue = createWorkQueue();
  const keys = Array.from({ length: 50_000 }, (_value, index) => `k${index}`);
  for (const key of keys) queue.add(key);
  for (const key of keys) {
    expect(await queue.next()).toBe(key);
    queue.done(key);
  }
});

const command = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), key: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.record({ kind: fc.constant('later' as const), key: fc.constantFrom('a', 'b', 'c', 'd'), ms: fc.nat(20) }),
  fc.record({ kind: fc.constant('finish' as const) }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(20) }),
);

test('never two holders of a key, and every wish is followed by a run that begins after it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      async (commands, workers) => {
        const clock = new FakeClock();
        const queue = createWorkQueue({ clock });
        const held = new Map<string, () => void>();
        /** Wishes since the last run of the key began. */
        const wished = new Set<string>();
        const work = async () => {
          for (let key = await queue.next(); key !== undefined; key = await queue.next()) {
            expect(held.has(key)).toBe(false);
            wished.delete(key);
            await new Promise<void>((finish) => held.set(key, finish));
            held.delete(key);
            queue.done(key);
          }
        };
        const running = Array.from({ length: workers }, work);
        for (const step of commands) {
          switch (step.kind) {
            case 'add':
              wished.add(step.key);
              queue.add(step.key);
              break;
            case 'later':
              wished.add(step.key);
              queue.addAfter(step.key, step.ms);
              break;
            case 'finish':
              [...held.values()][0]?.();
              break;
            case 'advance':
              await clock.advance(step.ms);
              break;
          }
          await tick();
        }
        // A wish with a delay counts at the latest when its delay is over.
        await clock.advance(100);
        for (let round = 0; round < 200 && (held.size > 0 || queue.length > 0); round += 1) {
          for (const finish of [...held.values()]) finish();
          await tick();
        }
        expect([...wished]).toEqual([]);
        queue.close();
        await Promise.all(running);
      },
    ),
    { numRuns: 150 },
  );
});
