import { FakeClock } from '@kubernetes-mesos/test-support';

test('timers fire in order of time, with the time they were set for', async () => {
  const clock = new FakeClock(1_000);
  const seen: [string, number][] = [];
  clock.setTimer(() => seen.push(['b', clock.now()]), 20);
  clock.setTimer(() => {
    seen.push(['a', clock.now()]);
    clock.setTimer(() => seen.push(['nested', clock.now()]), 5);
  }, 10);
  const cancelled = clock.setTimer(() => seen.push(['never', 0]), 15);
  cancelled.cancel();
  await clock.advance(30);
  expect(seen).toEqual([
    ['a', 1_010],
    ['nested', 1_015],
    ['b', 1_020],
  ]);
  expect(clock.monotonic()).toBe(30);
  expect(clock.pendingTimers).toBe(0);
});

test('a sleep ends at its time, or with the reason of its signal', async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  const slept = clock.sleep(100).then(() => 'slept');
  const aborted = clock.sleep(100, { signal: abort.signal }).catch((error: Error) => error.message);
  abort.abort(new Error('enough'));
  expect(await aborted).toBe('enough');
  await clock.advance(100);
  expect(await slept).toBe('slept');
});
