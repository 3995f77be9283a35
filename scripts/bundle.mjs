// Bundles every role into one file, `dist/km`: no node_modules needed where it runs, and one artifact for Mesos to fetch. What it
// compiles to here goes beside it, `dist/km.cache`, for a quicker start on machines that have both.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { pack } from './bundle/pack.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const output = join(root, 'dist/km');
const require = createRequire(import.meta.url);

/** etcd3 parses its .proto files at start, from its own folder: here they are parsed now and carried along as JSON. */
const etcd3Protos = {
  name: 'etcd3-protos',
  setup(build) {
    build.onLoad({ filter: /etcd3[\\/]lib[\\/]connection-pool\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const call = '.loadSync)(`${__dirname}/../proto/rpc.proto`, {';
      if (!source.includes(call)) throw new Error(`${path} loads its protos in another way than this script knows`);
      const schema = new protobuf.Root()
        .loadSync(resolve(dirname(path), '../proto/rpc.proto'), { keepCase: true })
        .toJSON();
      return { contents: source.replace(call, `.fromJSON)(${JSON.stringify(schema)}, {`), loader: 'js' };
    });
  },
};

/**
 * lmdb (the embedded etcd's store) is a native add-on: its binary for this platform is carried along compressed, written to
 * the user's cache folder when the embedded etcd starts, and loaded from there.
 */
const lmdbNative = {
  name: 'lmdb-native',
  setup(build) {
    const libc = process.platform === 'linux' ? '.glibc' : '';
    const binary = require.resolve(`@lmdb/lmdb-${process.platform}-${process.arch}/node.napi${libc}.node`);
    build.onResolve({ filter: /^lmdb$/ }, () => ({ path: resolve(dirname(require.resolve('lmdb')), 'index.cjs') }));
    build.onLoad({ filter: /lmdb[\\/]dist[\\/]index\.cjs$/ }, ({ path }) => {
      const call = 'loadNAPI__default["default"](dirName)';
      const source = readFileSync(path, 'utf8');
      if (!source.includes(call))
        throw new Error(`${path} loads its native part in another way than this script knows`);
      return { contents: source.replace(call, 'require("lmdb-native")'), loader: 'js' };
    });
    build.onResolve({ filter: /^lmdb-native$/ }, ({ path }) => ({ path, namespace: 'lmdb-native' }));
    build.onLoad({ filter: /.*/, namespace: 'lmdb-native' }, () => {
      const bytes = readFileSync(binary);
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      return {
        contents: nativeLoader(gzipSync(bytes, { level: 9 }).toString('base64'), hash),
        loader: 'js',
        resolveDir: root,
      };
    });
  },
};

/** Source of a module that unpacks a native add-on once per user and loads it. */
function nativeLoader(base64, hash) {
  return `
    const { existsSync, mkdirSync, renameSync, writeFileSync } = require('node:fs');
    const { join } = require('node:path');
    const { homedir } = require('node:os');
    const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'kubernetes-mesos');
    const file = join(folder, 'lmdb-${hash}.node');
    if (!existsSync(file)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const part = file + '.' + process.pid;
      writeFileSync(part, require('node:zlib').gunzipSync(Buffer.from('${base64}', 'base64')), { mode: 0o700 });
      renameSync(part, file);
    }
    process.dlopen(module, file);`;
}

/** Native add-ons that the packages of ours do without; requiring one fails as if it were not installed. */
const optionalNatives = {
  name: 'optional-natives',
  setup(build) {
    build.onResolve({ filter: /^msgpackr-extract$/ }, ({ path }) => ({
      path,
      namespace: 'absent',
    }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw Object.assign(new Error(${JSON.stringify(`${path} is not bundled`)}), { code: 'MODULE_NOT_FOUND' });`,
    }));
  },
};

/** The thread that reads YAML starts from text: here its file and library, which are elsewhere otherwise, become that text. */
const yamlWorker = {
  name: 'yaml-worker',
  setup({ onLoad }) {
    onLoad({ filter: /apiserver[\\/]dist[\\/]http[\\/]yaml-worker-source\.js$/ }, async () => {
      const { outputFiles } = await build({
        entryPoints: [YAML_WORKER],
        write: false,
        bundle: true,
        platform: 'node',
        target: 'node20',
        format: 'cjs',
        minify: true,
        legalComments: 'none',
      });
      return { contents: `exports.yamlWorkerSource = ${JSON.stringify(outputFiles[0].text)};`, loader: 'js' };
    });
  },
};

/** Parts of dockerode that are loaded with it and never used here: daemons over ssh, and building images in sessions over gRPC. */
const unusedParts = {
  name: 'unused-parts',
  setup(build) {
    build.onResolve({ filter: /^(ssh2|\.\/session)$/ }, ({ path, importer }) =>
      /[\\/](dockerode|docker-modem)[\\/]lib[\\/]/.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path }) => ({
      contents: `exports.Client = class { constructor() { throw new Error(${JSON.stringify(`${path} is not bundled`)}); } };`,
    }));
  },
};

/** Several packages have the same version of this package in a folder of their own: one copy is enough, and parsed at every start. */
const oneUndici = {
  name: 'one-undici',
  setup(build) {
    const seen = new Map();
    build.onResolve({ filter: /^undici$/ }, async ({ path, resolveDir, kind, pluginData }) => {
      if (pluginData === oneUndici) return undefined;
      const found = await build.resolve(path, { resolveDir, kind, pluginData: oneUndici });
      if (found.errors.length > 0) return found;
      const { version } = JSON.parse(readFileSync(join(dirname(found.path), 'package.json'), 'utf8'));
      if (!seen.has(version)) seen.set(version, found.path);
      return { path: seen.get(version) };
    });
  },
};

const YAML_WORKER = join(root, 'packages/apiserver/yaml-worker.cjs');
const SCRIPTS = ['bundle.mjs', 'bundle/compile.cjs', 'bundle/loader.cjs', 'bundle/pack.mjs'];
const inputs = hashOfInputs();
if (existsSync(output) && readOr(`${output}.inputs`) === inputs) {
  console.log('dist/km  up to date');
  process.exit(0);
}

const { outputFiles } = await build({
  entryPoints: [join(root, 'packages/km/dist/index.js')],
  outdir: dirname(output),
  write: false,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  define: { 'process.env.NODE_ENV': '"production"' },
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [etcd3Protos, lmdbNative, optionalNatives, unusedParts, oneUndici, yamlWorker],
});
await pack(output, new Map(outputFiles.map(({ path, text }) => [`./${basename(path)}`, text])));
// Flags of this build are none of those that roles are started with, and code is of one set of flags.
execFileSync(process.execPath, [join(root, 'scripts/bundle/compile.cjs'), output], {
  env: { ...process.env, NODE_OPTIONS: '' },
  stdio: 'inherit',
});
writeFileSync(`${output}.inputs`, inputs);
for (const path of [output, `${output}.cache`]) {
  console.log(`${relative(root, path)}  ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}

/** Of all that goes into the bundle: compiled packages, the versions of dependencies, this script. */
function hashOfInputs() {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(root, 'packages'))) {
    const dist = join(root, 'packages', name, 'dist');
    if (!existsSync(dist)) continue;
    const files = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith('.js'));
    for (const file of files.sort()) hash.update(`${name}/${file}\0`).update(readFileSync(join(dist, file)));
  }
  hash.update(process.version).update(readFileSync(join(root, 'package-lock.json')));
  hash.update(readFileSync(YAML_WORKER));
  for (const file of SCRIPTS) hash.update(readFileSync(join(root, 'scripts', file)));
  return hash.digest('hex');
}

function readOr(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
