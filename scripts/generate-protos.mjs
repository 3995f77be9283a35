// Compiles every proto/<set>/ into packages/protos/src/generated/<set>.js and .d.ts, and copies them to dist.
// A proto2 set also gets <set>.required.json: per message its required fields and its message-typed fields, which the
// static code cannot tell for data that did not come from the wire.
//
//   node scripts/generate-protos.mjs           generate what is out of date
//   node scripts/generate-protos.mjs --check   fail when a committed file is not what the sources give (for CI)
//   node scripts/generate-protos.mjs --force   generate everything
//
// The first line of a generated .js carries the hash of its sources and of this script: that decides "up to date".
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const protoRoot = join(root, 'proto');
const generated = join(root, 'packages/protos/src/generated');
const dist = join(root, 'packages/protos/dist/generated');
const pbjs = require.resolve('protobufjs-cli/bin/pbjs');
const pbjsVersion = require('protobufjs-cli/package.json').version;

const check = process.argv.includes('--check');
const force = process.argv.includes('--force');

mkdirSync(generated, { recursive: true });
const sets = readdirSync(protoRoot).filter((name) => statSync(join(protoRoot, name)).isDirectory());
const stale = sets.filter((set) => force || headOf(set) !== headerOf(set));
if (check && stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}: run \`node scripts/generate-protos.mjs\` and commit the result`);
  process.exit(1);
}
stale.forEach(generate);
if (!check) copyToDist();

/** One pbjs run: static CommonJS code, original field names, 64-bit integers as numbers. */
function generate(set) {
  const work = mkdtempSync(join(tmpdir(), 'km-protos-'));
  try {
    const out = join(work, `${set}.js`);
    const { status } = spawnSync(
      process.execPath,
      [
        pbjs,
        ...['--target', 'static-module', '--wrap', 'commonjs', '--dependency', 'protobufjs/minimal', '--root', set],
        ...['--keep-case', '--force-number', '--no-delimited', '--no-typeurl', '--dts'],
        ...['--path', protoRoot, '--out', out],
        ...sourcesOf(set).map((source) => join(root, source)),
      ],
      { cwd: root, stdio: 'inherit' },
    );
    if (status !== 0) process.exit(status ?? 1);
    const code = transformSync(readFileSync(out, 'utf8'), { legalComments: 'none', charset: 'utf8' }).code;
    writeFileSync(join(generated, `${set}.js`), `${headerOf(set)}\n${code}`);
    const types = readFileSync(join(work, `${set}.d.ts`), 'utf8').replace(/^import Long = require\("long"\);\n/m, '');
    writeFileSync(join(generated, `${set}.d.ts`), `${headerOf(set)}\n${types}`);
    writeRequired(set);
    console.log(`generated ${relative(root, join(generated, `${set}.js`))}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function writeRequired(set) {
  const loaded = new protobuf.Root();
  loaded.resolvePath = (_origin, target) =>
    target.startsWith('google/protobuf/') ? target : target.startsWith('/') ? target : join(protoRoot, target);
  loaded.loadSync(
    sourcesOf(set).map((source) => join(root, source)),
    { keepCase: true },
  );
  loaded.resolveAll();
  const table = {};
  visit(loaded);
  if (Object.values(table).some(({ required }) => required !== undefined)) {
    writeFileSync(join(generated, `${set}.required.json`), `${JSON.stringify(table)}\n`);
  }

  function visit(object) {
    if (object instanceof protobuf.Type) {
      const required = object.fieldsArray.filter((field) => field.required).map((field) => field.name);
      const holds = object.fieldsArray.filter((field) => field.resolvedType instanceof protobuf.Type);
      const messages = namesOfTypes(holds.filter((field) => !field.map));
      const maps = namesOfTypes(holds.filter((field) => field.map));
      if (required.length + holds.length > 0) {
        table[object.fullName.slice(1)] = {
          ...(required.length > 0 ? { required } : {}),
          ...(messages !== undefined ? { messages } : {}),
          ...(maps !== undefined ? { maps } : {}),
        };
      }
    }
    for (const nested of object.nestedArray ?? []) visit(nested);
  }
}

function namesOfTypes(fields) {
  if (fields.length === 0) return undefined;
  return Object.fromEntries(fields.map((field) => [field.name, field.resolvedType.fullName.slice(1)]));
}

function sourcesOf(set) {
  return readdirSync(join(protoRoot, set), { recursive: true })
    .filter((name) => name.endsWith('.proto'))
    .sort()
    .map((name) => join('proto', set, name));
}

function headerOf(set) {
  const hash = createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .update(pbjsVersion);
  for (const source of sourcesOf(set)) hash.update(source).update(readFileSync(join(root, source)));
  return `// GENERATED by scripts/generate-protos.mjs from proto/${set}; sources ${hash.digest('hex').slice(0, 16)}`;
}

function headOf(set) {
  const file = join(generated, `${set}.js`);
  return existsSync(file) && existsSync(join(generated, `${set}.d.ts`))
    ? readFileSync(file, 'utf8').split('\n', 1)[0]
    : undefined;
}

/** The compiler does not carry .js and .d.ts sources to dist. */
function copyToDist() {
  mkdirSync(dist, { recursive: true });
  for (const name of readdirSync(generated)) {
    const from = join(generated, name);
    const to = join(dist, name);
    if (existsSync(to) && statSync(to).mtimeMs >= statSync(from).mtimeMs) continue;
    copyFileSync(from, to);
  }
}
