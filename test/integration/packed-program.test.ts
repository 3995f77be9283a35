import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempDir } from '@kubernetes-mesos/test-support';

const SCRIPTS = join(__dirname, '../../scripts/bundle');

/** As esbuild splits: the entry, a role behind a dynamic import that was CommonJS, and what they share. */
const CHUNKS = {
  './index.js': `
    import { greet } from './chunk-A.js';
    export const ROLES = [{ load: () => import('./dist-B.js') }];
    export async function main() {
      console.log(greet('main'));
      for await (const _ of process.stdin) { /* until its end */ }
      const role = await import('./dist-B.js');
      console.log(role.named + ' of ' + require('node:path').basename(__filename));
    }`,
  './chunk-A.js': `export const greet = (name) => 'µ' + name;`,
  './dist-B.js': `
    import { greet } from './chunk-A.js';
    var cjs; function require_dist() { return cjs ??= Object.defineProperty({ named: greet('role') }, '__esModule', { value: true }); }
    export default require_dist();`,
};
const SAYS = 'µmain\nµrole of km\n';

/** Packs the chunks as DIR/km. */
function pack(dir: string, chunks: Readonly<Record<string, string>> = CHUNKS): string {
  const path = join(dir, 'km');
  const script = `
    import { pack } from ${JSON.stringify(join(SCRIPTS, 'pack.mjs'))};
    await pack(${JSON.stringify(path)}, new Map(Object.entries(${JSON.stringify(chunks)})));`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });
  return path;
}

function compile(path: string): void {
  execFileSync(process.execPath, [join(SCRIPTS, 'compile.cjs'), path]);
}

function run(path: string, ...flags: string[]): string {
  return execFileSync(process.execPath, [...flags, path], { input: '', encoding: 'utf8' });
}

/** How many of the chunks of a program were compiled from what is kept beside it. */
function chunksFromCache(path: string): number {
  const script = `
    const km = require(${JSON.stringify(path)});
    Promise.all(km.load(km.ENTRY).ROLES.map((role) => role.load())).then(() =>
      console.log([...km.scripts.values()].filter((script) => script.cachedDataRejected === false).length));`;
  return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
}

test('runs alone, and with what it compiles to beside it', () =>
  withTempDir(async (dir) => {
    const path = pack(dir);
    expect(run(path)).toBe(SAYS);
    expect(chunksFromCache(path)).toBe(0);

    compile(path);
    expect(run(path)).toBe(SAYS);
    expect(chunksFromCache(path)).toBe(3);
    symlinkSync(path, join(dir, 'scheduler'));
    expect(run(join(dir, 'scheduler'))).toBe(SAYS);
  }));

test('does without a file beside it that does not fit', () =>
  withTempDir(async (dir) => {
    const path = pack(dir);
    compile(path);
    expect(run(path, '--stack-trace-limit=7')).toBe(SAYS);

    const other = { ...CHUNKS, './chunk-A.js': `export const greet = (name) => 'ß' + name;` };
    pack(dir, other);
    expect(run(path)).toBe(SAYS.replaceAll('µ', 'ß'));
    expect(chunksFromCache(path)).toBe(0);

    compile(path);
    const cache = `${path}.cache`;
    truncateSync(cache, readFileSync(cache).length - 1);
    expect(chunksFromCache(path)).toBe(0);
    writeFileSync(cache, 'no cache');
    expect(run(path)).toBe(SAYS.replaceAll('µ', 'ß'));
  }));

test.each(['alone', 'with the file beside it'])(
  'what loads a chunk late does so from the program that was started, %s',
  (how) =>
    withTempDir(async (dir) => {
      const path = pack(dir);
      if (how !== 'alone') compile(path);
      const child = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'inherit'] });
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
      await once(child.stdout, 'data');

      rmSync(path);
      rmSync(`${path}.cache`, { force: true });
      writeFileSync(path, 'another program');
      child.stdin.end();
      await once(child, 'close');
      expect(said).toBe(SAYS);
    }),
);

test('sources beyond Latin-1 are refused when packed, not garbled when run', () =>
  withTempDir(async (dir) => {
    expect(() => pack(dir, { './index.js': 'export const main = () => /[\u20ac]/;' })).toThrow('€');
  }));
