import { goldensFolder } from '@kubernetes-mesos/test-support';
import { replay } from './replay';
import { rulesOf, unexplained } from './rules';
import { playOnEachStore } from './stores';

const goldens = goldensFolder();
const when = goldens === undefined ? describe.skip : describe;
if (goldens === undefined)
  process.stderr.write('recorded answers are not here (KM_GOLDENS): their tests are skipped\n');

/** As release 1.0 was recorded: without a read-only port, on a machine without a network. */
const FLAGS = ['--watch_cache_size=1000', '--admission_control=AlwaysAdmit', '--advertise_address=127.0.0.1'];

/** Plays suites of release 1.0; every difference, of whole bodies, must have a rule that says why. */
async function expectExplained(suites: readonly string[], rules: string, atLeast: number): Promise<void> {
  const played = await playOnEachStore(
    async () => FLAGS,
    (url) => replay(goldens ?? '', url, suites),
  );
  for (const [store, results] of played) {
    expect(results.length).toBeGreaterThan(atLeast);
    expect({ store, unexplained: unexplained(results, rulesOf(rules)) }).toEqual({ store, unexplained: [] });
  }
}

when('what release 1.0 answered', () => {
  test(
    'v1 and the paths without a version answer it too, or as today’s Kubernetes does',
    () => expectExplained(['v1', 'convert-v1.0.0', 'misc-v0.14.1', 'misc-v1.0.0'], 'release-1.0.allow.json', 650),
    300_000,
  );

  test(
    'v1beta3 answers it too, or as release 0.14 did',
    () => expectExplained(['v1beta3-on-1.0.0'], 'v1beta3-of-1.0.allow.json', 450),
    300_000,
  );
});
