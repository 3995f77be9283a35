import { createMetricsRegistry, silentLogger } from '@kubernetes-mesos/component-base';
import { FakeClock } from '@kubernetes-mesos/test-support';
import type { Controller, KeySink } from '../src/runtime/controller';
import { ControllerMetrics } from '../src/runtime/metrics';
import type { Result } from '../src/runtime/result';
import { runController } from '../src/runtime/run-controller';
import { slowStart } from '../src/runtime/slow-start';

function loop(reconcile: (key: string) => Promise<Result>, concurrency = 1) {
  const clock = new FakeClock();
  const abort = new AbortController();
  const registry = createMetricsRegistry();
  let keys: KeySink | undefined;
  let stopped = 0;
  const controller: Controller = {
    name: 'test',
    concurrency,
    start: (sink) => {
      keys = sink;
      return () => {
        stopped += 1;
      };
    },
    reconcile,
  };
  const ended = runController(controller, {
    clock,
    logger: silentLogger,
    metrics: new ControllerMetrics(registry),
    signal: abort.signal,
  });
  return { clock, abort, registry, ended, add: (key: string) => keys?.add(key), stopped: () => stopped };
}

test('each result decides when the key comes back', async () => {
  const seen: string[] = [];
  const results: Record<string, Result> = {
    done: { kind: 'done' },
    later: { kind: 'requeueAfter', delayMs: 1000 },
    again: { kind: 'retry', reason: 'x' },
    never: { kind: 'terminal', reason: 'x' },
  };
  const { clock, add, abort, ended, stopped, registry } = loop(async (key) => {
    seen.push(key);
    return results[key]!;
  });
  for (const key of Object.keys(results)) add(key);
  await clock.advance(900);
  expect(seen.filter((key) => key === 'again').length).toBeGreaterThan(2);
  expect(seen.filter((key) => key !== 'again')).toEqual(['done', 'later', 'never']);
  await clock.advance(100);
  expect(seen.filter((key) => key === 'later')).toHaveLength(2);
  expect(await registry.metrics()).toContain('controller_reconcile_total{controller="test",result="terminal"} 1');
  abort.abort();
  await ended;
  expect(stopped()).toBe(1);
});

test('what is thrown is a retry, and harms no other key', async () => {
  const seen: string[] = [];
  const { clock, add, abort, ended, registry } = loop(async (key) => {
    seen.push(key);
    if (key === 'bad' && seen.length < 3) throw new Error('bug');
    return { kind: 'done' };
  });
  add('bad');
  add('good');
  await clock.advance(10_000);
  expect(seen).toEqual(['bad', 'good', 'bad']);
  expect(await registry.metrics()).toContain('controller_reconcile_total{controller="test",result="panic"} 1');
  abort.abort();
  await ended;
});

test('stopping waits for what is in hand and begins nothing new', async () => {
  const seen: string[] = [];
  let finish: () => void = () => undefined;
  const { clock, add, abort, ended } = loop(async (key) => {
    seen.push(key);
    await new Promise<void>((resolve) => (finish = resolve));
    return { kind: 'done' };
  });
  add('a');
  add('b');
  await clock.advance(1);
  abort.abort();
  let over = false;
  void ended.then(() => (over = true));
  await clock.advance(1);
  expect(over).toBe(false);
  finish();
  await ended;
  expect(seen).toEqual(['a']);
});

test('a slow start makes few calls that fail and all that work', async () => {
  let calls = 0;
  expect(await slowStart(100, async () => void (calls += 1))).toEqual({ succeeded: 100, failure: undefined });
  expect(calls).toBe(100);
  calls = 0;
  const outcome = await slowStart(100, () => Promise.reject(new Error(`${(calls += 1)}`)));
  expect(outcome).toEqual({ succeeded: 0, failure: new Error('1') });
  expect(calls).toBe(1);
});
