'use strict';
// Reads YAML in a thread of its own: what comes in is text, what goes out is its JSON or what is wrong with it.
const { parentPort } = require('node:worker_threads');
const { isMap, isScalar, LineCounter, parseDocument, visit } = require('yaml');

parentPort.on('message', (text) => parentPort.postMessage(answerTo(text)));
// Loading the library takes time that is not the first text's.
parentPort.postMessage('ready');

function answerTo(text) {
  try {
    // Looking for members given twice takes the square of their number; aliases could grow without bound.
    const lineCounter = new LineCounter();
    const options = { version: '1.1', schema: 'yaml-1.1', merge: false, uniqueKeys: false, logLevel: 'error' };
    const document = parseDocument(text, { ...options, lineCounter });
    const [problem] = document.errors;
    if (problem !== undefined) return { problem: problem.message };
    const json = JSON.stringify(jsonValue(document.toJS({ maxAliasCount: 0 })));
    return { json, duplicateLines: duplicatesOf(document, lineCounter) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Members that are given twice in one object, in the words of Go's YAML library. */
function duplicatesOf(document, lineCounter) {
  const found = [];
  visit(document, {
    Map: (_key, map) => {
      if (!isMap(map)) return;
      const seen = new Set();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          const { line } = lineCounter.linePos(key.range?.[0] ?? 0);
          found.push(`line ${line}: key ${JSON.stringify(String(key.value))} already set in map`);
        }
        seen.add(key.value);
      }
    },
  });
  return found;
}

/** YAML values that JSON does not have, as JSON would carry them. */
function jsonValue(value) {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' || typeof value !== 'object' || value === null)
    return value === undefined ? null : value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return jsonValue(Object.fromEntries(value));
  if (value instanceof Set) return Object.fromEntries([...value].map((member) => [String(member), null]));
  if (Array.isArray(value)) return value.map(jsonValue);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, jsonValue(member)]));
}
