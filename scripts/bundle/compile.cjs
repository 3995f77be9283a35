// Writes what a packed km compiles to into a file beside it, which spares later starts on this machine most of their compiling:
//   node scripts/bundle/compile.cjs PATH_OF_KM
// It is of the chunks that roles load when they start, and holds their sources too, so that these need not be unpacked. The
// loader (loader.cjs) compares it with its own build, and V8 with its own version and flags.
'use strict';
const { renameSync, writeFileSync } = require('node:fs');
const { resolve } = require('node:path');

const path = resolve(process.argv[2]);
const km = require(path);

void main();

async function main() {
  // Functions that ran are in the compiled form of their chunk: those that run when a role is loaded.
  for (const role of km.load(km.ENTRY).ROLES) await role.load();
  const target = `${path}.cache`;
  writeFileSync(`${target}.part`, cacheOf(km.scripts));
  renameSync(`${target}.part`, target);
  process.exit();
}

function cacheOf(scripts) {
  const parts = [];
  let bytes = 0;
  const place = (part) => {
    parts.push(part);
    bytes += part.length;
    return [bytes - part.length, bytes];
  };
  const chunks = {};
  for (const [name, script] of scripts) {
    chunks[name] = { source: place(Buffer.from(km.unpack(name), 'latin1')), code: place(script.createCachedData()) };
  }
  const head = Buffer.from(
    JSON.stringify({ build: km.BUILD, v8: process.versions.v8, arch: process.arch, bytes, chunks }),
  );
  const headBytes = Buffer.alloc(4);
  headBytes.writeUInt32LE(head.length);
  return Buffer.concat([headBytes, head, ...parts]);
}
