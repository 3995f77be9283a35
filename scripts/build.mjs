// Generates protocol buffer code where it is out of date, type-checks and compiles every package (project references), then bundles `km` into one file.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const tsc = new URL('../node_modules/typescript-7/bin/tsc', import.meta.url).pathname;
run(process.execPath, [new URL('generate-protos.mjs', import.meta.url).pathname]);
run(process.execPath, [tsc, '-b', ...process.argv.slice(2)]);
const bundle = new URL('bundle.mjs', import.meta.url);
if (existsSync(bundle)) run(process.execPath, [bundle.pathname]);

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
