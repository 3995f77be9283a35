import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const repository = join(__dirname, '../../../..');
let path: string | undefined;

/** One .js file with the roles of this package, as the real program is; built once per test process. */
export function program(): string {
  if (path === undefined) {
    path = join(mkdtempSync(join(tmpdir(), 'km-embedded-mesos-')), 'program.js');
    buildSync({
      entryPoints: [join(__dirname, 'main.ts')],
      outfile: path,
      bundle: true,
      platform: 'node',
      target: 'node20',
      tsconfig: join(repository, 'tsconfig.test-base.json'),
      logLevel: 'error',
    });
  }
  return path;
}
