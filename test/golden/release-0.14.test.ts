import { freePort, goldensFolder } from '@kubernetes-mesos/test-support';
import { allowList, replay, unexpected } from './replay';
import { playOnEachStore } from './stores';

const goldens = goldensFolder();
const when = goldens === undefined ? describe.skip : describe;
if (goldens === undefined)
  process.stderr.write('recorded answers are not here (KM_GOLDENS): their tests are skipped\n');

const SUITES = ['convert-v0.14.1', 'v1beta1', 'v1beta2', 'v1beta3'];

/** As the recorded server ran, with today's admission: its read-only port, and a machine without a network. */
async function flagsOfThen(): Promise<readonly string[]> {
  return ['--watch_cache_size=1000', '--advertise_address=127.0.0.1', `--read_only_port=${await freePort()}`];
}

when('v1beta1, v1beta2 and v1beta3 as release 0.14 answered them', () => {
  test('every recorded case passes to the order of fields and the indentation, on every store', async () => {
    const allowed = allowList('release-0.14.allow.json');
    const played = await playOnEachStore(flagsOfThen, (url) => replay(goldens ?? '', url, SUITES, ['--strict']));
    for (const [store, results] of played) {
      expect(results.length).toBeGreaterThan(1_000);
      expect({ store, wrong: unexpected(results, allowed) }).toEqual({ store, wrong: [] });
    }
  }, 300_000);
});
