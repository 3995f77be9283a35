// Runs the tests with what they need: kubectl is fetched once; what else is absent (etcd, Docker, ...) skips its tests in
// one line each. Ends with the plain line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kubernetes-mesos');
const env = { ...process.env, NO_UPDATE_NOTIFIER: '1' };
for (const version of ['20', '35']) {
  const path = join(cache, `kubectl-1.${version}`);
  const variable = `KM_TEST_KUBECTL_1_${version}`;
  if (env[variable] !== undefined) continue;
  if (!existsSync(path))
    spawnSync(process.execPath, ['scripts/fetch-kubectl.mjs', path, version], { cwd: root, stdio: 'inherit' });
  if (existsSync(path)) env[variable] = path;
}

const folder = mkdtempSync(join(tmpdir(), 'km-test-'));
const report = join(folder, 'report.json');
const { status } = spawnSync(
  process.execPath,
  ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`, ...process.argv.slice(2)],
  { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env },
);
if (existsSync(report)) {
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  if (numFailedTestSuites > 0 && numFailedTests === 0) console.log(`${numFailedTestSuites} test files could not run`);
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
}
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);
