// Packs the chunks of a bundle into one program, which loads each when it is first needed (loader.cjs is its head).
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { transform } from 'esbuild';

/** @param chunks name, as other chunks import it (`./index.js`), -> ES module; the program begins with `main` of `./index.js` */
export async function pack(path, chunks) {
  let packed = '';
  const places = {};
  for (const [name, text] of chunks) {
    const base64 = deflateRawSync(await asFunction(text), { level: 9 }).toString('base64');
    places[name] = [packed.length, packed.length + base64.length];
    packed += base64;
  }
  const loader = readFileSync(new URL('loader.cjs', import.meta.url), 'utf8');
  const program = loader
    .replace("'@CHUNKS@'", JSON.stringify(places))
    .replace('@BUILD@', createHash('sha256').update(loader).update(packed).digest('hex'))
    .replace('@PACKED@', packed);
  mkdirSync(dirname(path), { recursive: true });
  // Put aside and renamed: a running km keeps the file it was started from.
  writeFileSync(`${path}.part`, program);
  chmodSync(`${path}.part`, 0o755);
  renameSync(`${path}.part`, path);
}

/** A chunk as a function of what CommonJS modules are functions of; in Latin-1, which V8 keeps in one byte a character. */
async function asFunction(text) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
  });
  // What was CommonJS exports all it has as its default, and is to look to importers as it did before.
  const unwrapped = /\bexport default require_\w+\(\);\s*$/.test(text) ? 'module.exports=module.exports.default;' : '';
  const source = `(function(exports,require,module,__filename,__dirname){${code}${unwrapped}})`;
  const foreign = /[^\0-\xff]/.exec(source);
  if (foreign !== null) throw new Error(`the bundle holds ${JSON.stringify(foreign[0])}, which is not in Latin-1`);
  return Buffer.from(source, 'latin1');
}
