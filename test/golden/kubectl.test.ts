import { goldensFolder } from '@kubernetes-mesos/test-support';
import { kubectlPath } from '../support/local-cluster';
import { startApiServerRole, type ApiServerFixture } from './api-server';
import { allowList, replay, unexpected } from './replay';

const goldens = goldensFolder();
/** Real command line tools, as `make test` fetches them. */
const present = (['1.20', '1.35'] as const).flatMap((version) => {
  const path = kubectlPath(version);
  return path === undefined ? [] : [[`kubectl-${version}`, path] as const];
});
const when = goldens === undefined || present.length === 0 ? describe.skip : describe;
if (present.length === 0) process.stderr.write('skipped: the recorded command lines need a fetched kubectl\n');

when('kubectl of five years ago and of today', () => {
  let server: ApiServerFixture;

  beforeAll(async () => {
    server = await startApiServerRole([]);
  }, 60_000);
  afterAll(() => server.stop());

  test('every recorded command line behaves as recorded, or is listed with a reason', async () => {
    const suites = present.map(([suite]) => suite);
    const paths = present.flatMap(([suite, path]) => [`--${suite}`, path]);
    const results = await replay(goldens ?? '', server.url, suites, paths);
    expect(results.length).toBeGreaterThan(100);
    expect(unexpected(results, allowList('kubectl.allow.json'))).toEqual([]);
  }, 240_000);
});
