import { goldensFolder } from '../support/goldens';
import { startApiServerRole, type ApiServerFixture } from './api-server';
import { allowList, replay, unexpected } from './replay';

const goldens = goldensFolder();
const when = goldens === undefined ? describe.skip : describe;
if (goldens === undefined)
  process.stderr.write('recorded answers are not here (KM_GOLDENS): their tests are skipped\n');

when('v1 as today’s Kubernetes answers it', () => {
  let server: ApiServerFixture;

  beforeAll(async () => {
    server = await startApiServerRole(['--watch_cache_size=1000']);
  }, 60_000);
  afterAll(() => server.stop());

  test('every recorded case passes, or is listed with a reason', async () => {
    const results = await replay(goldens ?? '', server.url, ['v1-1.20', 'discovery-1.20']);
    expect(results.length).toBeGreaterThan(1_000);
    expect(unexpected(results, allowList('modern.allow.json'))).toEqual([]);
  }, 180_000);
});
