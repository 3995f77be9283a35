// Generates protocol buffer code where it is out of date, type-checks and compiles every package (project references), then bundles `km` into one file.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const tsc = new URL('../node_modules/typescript-7/bin/tsc', import.meta.url).pathname;
run(process.execPath, [new URL('generate-protos.mjs', import.meta.url).pathname]);
// The compiler does not look again at a dynamic import whose package has changed: km, all of dynamic imports, is checked anew.
rmSync(new URL('../packages/km/dist/.tsbuildinfo', import.meta.url), { force: true });
run(process.execPath, [tsc, '-b', ...process.argv.slice(2)]);
run(process.execPath, [new URL('bundle.mjs', import.meta.url).pathname]);

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
