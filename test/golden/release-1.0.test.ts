import { goldensFolder } from '@kubernetes-mesos/test-support';
import { startApiServerRole, type ApiServerFixture } from './api-server';
import { replay, type CaseResult } from './replay';
import { rulesOf, unexplained } from './rules';

const goldens = goldensFolder();
const when = goldens === undefined ? describe.skip : describe;
if (goldens === undefined)
  process.stderr.write('recorded answers are not here (KM_GOLDENS): their tests are skipped\n');

/**
 * What of an answer of release 1.0 is held against v1 of today: the status code, the reason, and the sequence of a watch.
 * Fields, defaults and wording are today's; the suites of today's v1 hold them.
 */
const HELD = /^(during .*?: )?(status: wants \d|reason: wants|events: |events\[\d+\]\.type|ended)/;

function heldOnly(results: readonly CaseResult[]): CaseResult[] {
  return results.map((one) => {
    const diffs = (one.diffs ?? []).filter((diff) => HELD.test(diff));
    return one.result === 'fail' ? { case: one.case, result: diffs.length === 0 ? 'pass' : 'fail', diffs } : one;
  });
}

when('v1 as a kubectl of 2015 needs it', () => {
  let server: ApiServerFixture;

  beforeAll(async () => {
    server = await startApiServerRole(['--watch_cache_size=1000', '--admission_control=AlwaysAdmit']);
  }, 60_000);
  afterAll(() => server.stop());

  test('codes, reasons and watches are those of release 1.0, or a rule says why', async () => {
    const results = await replay(goldens ?? '', server.url, ['v1', 'convert-v1.0.0', 'misc-v0.14.1', 'misc-v1.0.0']);
    expect(results.length).toBeGreaterThan(650);
    expect(unexplained(heldOnly(results), rulesOf('release-1.0.allow.json'))).toEqual([]);
  }, 240_000);
});
