import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');
const isInstalled = existsSync(resolve(ROOT, 'node_modules/@kubernetes/client-node'));

// Skipped where client-node, which is needed for generating only, is not installed.
(isInstalled ? test : test.skip)('src/generated is what the generator writes', () => {
  const script = resolve(ROOT, 'scripts/generate-api-types.mjs');
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
});
