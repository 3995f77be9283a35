// Bundles every role into one file, `dist/km`: no node_modules needed where it runs, and one artifact for Mesos to fetch.
import { build } from 'esbuild';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const output = join(root, 'dist/km');

/** etcd3 parses its .proto files at start, from its own folder: here they are parsed now and carried along as JSON. */
const etcd3Protos = {
  name: 'etcd3-protos',
  setup(build) {
    build.onLoad({ filter: /etcd3[\\/]lib[\\/]connection-pool\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const call = '.loadSync)(`${__dirname}/../proto/rpc.proto`, {';
      if (!source.includes(call)) throw new Error(`${path} loads its protos in another way than this script knows`);
      const schema = protobuf.loadSync(resolve(dirname(path), '../proto/rpc.proto')).toJSON();
      return { contents: source.replace(call, `.fromJSON)(${JSON.stringify(schema)}, {`), loader: 'js' };
    });
  },
};

/** Native add-ons that the packages of ours do without; requiring one fails as if it were not installed. */
const optionalNatives = {
  name: 'optional-natives',
  setup(build) {
    build.onResolve({ filter: /(^cpu-features$|sshcrypto\.node$)/ }, ({ path }) => ({ path, namespace: 'absent' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw Object.assign(new Error(${JSON.stringify(`${path} is not bundled`)}), { code: 'MODULE_NOT_FOUND' });`,
    }));
  },
};

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
  // A native module: found beside the checkout, and needed by the embedded etcd alone.
  external: ['lmdb'],
  logLevel: 'warning',
  plugins: [etcd3Protos, optionalNatives],
});
chmodSync(output, 0o755);
console.log(`dist/km  ${(statSync(output).size / 1e6).toFixed(1)} MB`);
