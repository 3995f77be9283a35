#!/usr/bin/env node
// Head of `dist/km`. Its chunks follow, packed, in the comment at the end, and each is unpacked when it is first required: a
// role does not parse what the others need. What they compile to may lie beside it, in a file of the same name and `.cache`
// (see compile.cjs): it is used when it is of this very build and this V8, and missed by nobody when it is not there.
'use strict';
const { fstatSync, openSync, readSync } = require('node:fs');
const { Script } = require('node:vm');
const { inflateRawSync } = require('node:zlib');

/** Chunk -> where its base64 begins and ends. */
const CHUNKS = '@CHUNKS@';
const BUILD = '@BUILD@';
const ENTRY = './index.js';

// The text of a function is that of its source: the file is read once, by Node, and may be replaced while km runs.
const packed = payload.toString();
const packedFrom = packed.indexOf('/*') + 2;
const cache = openCache(`${__filename}.cache`);
const scripts = new Map();
const modules = new Map();

module.exports = { BUILD, ENTRY, load, scripts, unpack };
if (require.main === module) void load(ENTRY).main();

function load(name) {
  if (!Object.hasOwn(CHUNKS, name)) return require(name);
  let loaded = modules.get(name);
  if (loaded === undefined) {
    loaded = { exports: {} };
    modules.set(name, loaded);
    const script = compile(name);
    scripts.set(name, script);
    script.runInThisContext()(loaded.exports, load, loaded, __filename, __dirname);
  }
  return loaded.exports;
}

function compile(name) {
  const kept = cache?.(name);
  const filename = `km/${name.slice('./'.length)}`;
  return new Script(kept?.source ?? unpack(name), { filename, cachedData: kept?.code });
}

function unpack(name) {
  const [from, to] = CHUNKS[name];
  return inflateRawSync(Buffer.from(packed.slice(packedFrom + from, packedFrom + to), 'base64')).latin1Slice();
}

/** Finds source and code of a chunk in the file, or nothing; undefined when the file is not there, not whole or of another build. */
function openCache(path) {
  try {
    const file = openSync(path);
    const read = (from, to) => {
      const bytes = Buffer.allocUnsafeSlow(to - from);
      readSync(file, bytes, 0, bytes.length, from);
      return bytes;
    };
    const start = 4 + read(0, 4).readUInt32LE();
    const head = JSON.parse(read(4, start).latin1Slice());
    if (head.build !== BUILD || head.v8 !== process.versions.v8 || head.arch !== process.arch) return undefined;
    if (start + head.bytes !== fstatSync(file).size) return undefined;
    const part = ([from, to]) => read(start + from, start + to);
    return (name) => {
      const places = head.chunks[name];
      return places && { source: part(places.source).latin1Slice(), code: part(places.code) };
    };
  } catch {
    return undefined;
  }
}

function payload() {
  /*@PACKED@*/
}
