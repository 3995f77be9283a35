import { matchesLabelMap, type KubeObject } from '@kubernetes-mesos/api-types';
import { createInformer, type Lister, type ResourceRef } from '@kubernetes-mesos/client';
import { FakeClock } from '@kubernetes-mesos/test-support';
import { silentLogger } from '@kubernetes-mesos/component-base';
import fc from 'fast-check';
import { labelIndexers, selectedBy, selectorIndexers, selectorsOf, type Selecting } from '../src/objects/selection';
import { Pace } from '../src/runtime/pace';
import { Written } from '../src/volumes/written';
import { MemoryApi } from './support/memory-api';

const things: ResourceRef<Selecting> = { group: '', version: 'v1', plural: 'things', kind: 'Thing', namespaced: true };
const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'), { maxKeys: 3 });
const namespaces = fc.constantFrom('n', 'm');

async function listerOf(
  objects: readonly Selecting[],
): Promise<{ lister: Lister<Selecting>; close: () => Promise<void> }> {
  const clock = new FakeClock(0);
  const api = new MemoryApi(clock);
  for (const object of objects) await api.create(things, object);
  const indexers = { ...labelIndexers, ...selectorIndexers };
  const informer = createInformer(api, things, { clock, logger: silentLogger, indexers });
  await informer.start();
  return { lister: informer.lister, close: () => informer.close() };
}

test('what is found by index is what a look at everything finds, in both directions', async () => {
  const objects = fc.array(fc.record({ namespace: namespaces, labels, selector: labels }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(objects, namespaces, labels, async (all, namespace, wanted) => {
      const made = all.map((one, index): Selecting => ({
        metadata: { name: `t${index}`, namespace: one.namespace, labels: one.labels },
        spec: { selector: one.selector },
      }));
      const { lister, close } = await listerOf(made);
      const names = (found: readonly KubeObject[]) => found.map(({ metadata }) => metadata.name).sort();
      const inNamespace = made.filter(({ metadata }) => metadata.namespace === namespace);
      const picked = inNamespace.filter(
        ({ metadata }) => Object.keys(wanted).length > 0 && matchesLabelMap(wanted, metadata.labels),
      );
      expect(names(selectedBy(lister, namespace, wanted))).toEqual(names(picked));
      const picking = inNamespace.filter(
        ({ spec }) => Object.keys(spec?.selector ?? {}).length > 0 && matchesLabelMap(spec?.selector ?? {}, wanted),
      );
      expect(names(selectorsOf(lister, { metadata: { name: 'x', namespace, labels: wanted } }))).toEqual(
        names(picking),
      );
      await close();
    }),
    { numRuns: 60 },
  );
});

test('few objects are looked at at once, many after a pause, at most a second', () => {
  const pace = new Pace();
  expect(pace.delayMs('k')).toBe(0);
  const delays = [10, 500, 5000, 100_000].map((objects) => {
    pace.learn('k', objects);
    return pace.delayMs('k');
  });
  expect(delays).toEqual([0, 100, 1000, 1000]);
  pace.forget('k');
  expect(pace.delayMs('k')).toBe(0);
});

test('what was written counts until the watch shows it, or another of the name', () => {
  const version = (resourceVersion: string, uid = 'u') => ({ metadata: { name: 'v', uid, resourceVersion } });
  const written = new Written<KubeObject>();
  written.put(version('10'));
  expect(written.latest(version('9'))).toEqual(version('10'));
  expect(written.latest(version('9', 'other'))).toEqual(version('9', 'other'));
  written.put(version('10'));
  expect(written.latest(version('11'))).toEqual(version('11'));
  expect(written.latest(version('9'))).toEqual(version('9'));
});
