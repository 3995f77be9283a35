// Puts km and a real kubectl into a folder: `node scripts/install.mjs DESTDIR`.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, chmodSync, renameSync, realpathSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const destination = resolve(process.argv[2] ?? 'bin');
mkdirSync(destination, { recursive: true });
put(join(root, 'dist/km'), 'km');
execFileSync(process.execPath, [join(root, 'scripts/bundle/compile.cjs'), join(destination, 'km')], {
  env: { ...process.env, NODE_OPTIONS: '' },
  stdio: 'inherit',
});
if (!existsSync(join(destination, 'kubectl'))) {
  const kubectl = execFileSync(join(root, 'cluster/kubectl.sh'), ['--which'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
  put(realpathSync(kubectl), 'kubectl');
}
console.log(`installed km and kubectl in ${destination}`);

/** Copies aside and renames: a running km is never overwritten in place. */
function put(source, name) {
  const target = join(destination, name);
  copyFileSync(source, `${target}.part`);
  chmodSync(`${target}.part`, 0o755);
  renameSync(`${target}.part`, target);
}
