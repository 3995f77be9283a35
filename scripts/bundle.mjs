// Bundles every role into one file, `dist/km`: no node_modules needed where it runs, and one artifact for Mesos to fetch.
import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

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
    build.onResolve({ filter: /(^cpu-features$|^msgpackr-extract$|sshcrypto\.node$)/ }, ({ path }) => ({
      path,
      namespace: 'absent',
    }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw Object.assign(new Error(${JSON.stringify(`${path} is not bundled`)}), { code: 'MODULE_NOT_FOUND' });`,
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

const inputs = hashOfInputs();
if (existsSync(output) && readOr(`${output}.inputs`) === inputs) {
  console.log('dist/km  up to date');
  process.exit(0);
}

await build({
  entryPoints: [join(root, 'packages/km/dist/main.js')],
  outfile: output,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [etcd3Protos, lmdbNative, optionalNatives, oneUndici],
});
chmodSync(output, 0o755);
writeFileSync(`${output}.inputs`, inputs);
console.log(`dist/km  ${(statSync(output).size / 1e6).toFixed(1)} MB`);

/** Of all that goes into the bundle: compiled packages, the versions of dependencies, this script. */
function hashOfInputs() {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(root, 'packages'))) {
    const dist = join(root, 'packages', name, 'dist');
    if (!existsSync(dist)) continue;
    const files = readdirSync(dist, { recursive: true }).filter((file) => file.endsWith('.js'));
    for (const file of files.sort()) hash.update(`${name}/${file}\0`).update(readFileSync(join(dist, file)));
  }
  for (const file of ['package-lock.json', 'scripts/bundle.mjs']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function readOr(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
