import { existsSync } from 'node:fs';
import { goldensFolder } from '../support/goldens';
import { startApiServerRole, type ApiServerFixture } from './api-server';
import { allowList, replay, unexpected } from './replay';

const goldens = goldensFolder();
/** Real command line tools: `KM_KUBECTL_1_20` and `KM_KUBECTL_1_35`, as `scripts/fetch-kubectl.mjs` fetches them. */
const tools = [
  ['kubectl-1.20', process.env['KM_KUBECTL_1_20'] ?? '/tmp/kubectl/kubectl-1.20'],
  ['kubectl-1.35', process.env['KM_KUBECTL_1_35'] ?? '/tmp/kubectl/kubectl-1.35'],
] as const;
const present = tools.filter(([, path]) => existsSync(path));
const when = goldens === undefined || present.length === 0 ? describe.skip : describe;
if (present.length === 0)
  process.stderr.write('no kubectl is here (KM_KUBECTL_1_20, KM_KUBECTL_1_35): its tests are skipped\n');

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
