// Everything that can be checked without running: types (tests included), ESLint, formatting, freshness of generated code.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = 'node_modules/typescript-7/bin/tsc';

check('generated protocol buffer code', [['scripts/generate-protos.mjs', '--check']]);
// One program for all tests: a program for each package would check the same sources many times.
check('types', [
  [tsc, '-b'],
  [tsc, '-p', 'tsconfig.eslint.json'],
]);
check('ESLint', [['--max-old-space-size=4096', 'node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0']]);
check('formatting', [['node_modules/prettier/bin/prettier.cjs', '--check', '.', '--log-level=warn']]);

function check(title, commands) {
  const begin = performance.now();
  for (const command of commands) {
    const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
    if (status !== 0) {
      console.error(`lint: ${title} failed`);
      process.exit(status ?? 1);
    }
  }
  console.log(`lint: ${title} ok (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
}
