import { goldensFolder } from '@kubernetes-mesos/test-support';
import { allowList, replay, unexpected } from './replay';
import { playOnEachStore } from './stores';

const goldens = goldensFolder();
const when = goldens === undefined ? describe.skip : describe;
if (goldens === undefined)
  process.stderr.write('recorded answers are not here (KM_GOLDENS): their tests are skipped\n');

when('v1 as today’s Kubernetes answers it', () => {
  test('every recorded case passes, or is listed with a reason, on every store', async () => {
    const allowed = allowList('modern.allow.json');
    const played = await playOnEachStore(
      async () => ['--watch_cache_size=1000'],
      (url) => replay(goldens ?? '', url, ['v1-1.20', 'discovery-1.20']),
    );
    for (const [store, results] of played) {
      expect(results.length).toBeGreaterThan(1_000);
      expect({ store, wrong: unexpected(results, allowed) }).toEqual({ store, wrong: [] });
    }
  }, 300_000);
});
