/**
 * Puts `metadata.resourceVersion` into encoded JSON without decoding it. etcd holds objects without it, because the
 * revision is not known before the write; what is served has it where Kubernetes writes it: after `uid`.
 */

/** Where the member goes, and what separates it from its neighbours. */
export interface SplicePoint {
  /** Offset into the JSON without resourceVersion. */
  readonly at: number;
  readonly before: '' | ',';
  readonly after: '' | ',';
}

/** Members of metadata that come before resourceVersion. */
const EARLIER_MEMBERS = new Set(['name', 'generateName', 'namespace', 'selfLink', 'uid']);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * Finds the place in the JSON text of an object; only tokens up to that place are read.
 * @throws SyntaxError when the text is not a JSON object with an object `metadata`, or has a resourceVersion already.
 */
export function findSplicePoint(json: Buffer): SplicePoint {
  let position = expectByte(json, skipSpace(json, 0), OPEN_BRACE);
  for (;;) {
    const nameStart = skipSpace(json, position);
    const nameEnd = endOfString(json, nameStart);
    const valueStart = skipSpace(json, expectByte(json, skipSpace(json, nameEnd), COLON));
    if (json.toString('latin1', nameStart + 1, nameEnd - 1) === 'metadata') return inMetadata(json, valueStart);
    position = expectByte(json, skipSpace(json, endOfValue(json, valueStart)), COMMA);
  }
}

/** A buffer of its own (not of Node's pool) with the member in place. */
export function spliceResourceVersion(json: Buffer, point: SplicePoint, revision: number): Buffer {
  const member = `${point.before}"resourceVersion":"${revision}"${point.after}`;
  const result = Buffer.allocUnsafeSlow(json.length + member.length);
  json.copy(result, 0, 0, point.at);
  result.write(member, point.at, 'latin1');
  json.copy(result, point.at + member.length, point.at);
  return result;
}

/** The same bytes under another revision: `bytes` is the result of a splice at `point` with `oldRevision`. */
export function resplice(bytes: Buffer, point: SplicePoint, oldRevision: number, revision: number): Buffer {
  const digitsAt = point.at + point.before.length + '"resourceVersion":"'.length;
  const digits = String(revision);
  const tail = digitsAt + String(oldRevision).length;
  const result = Buffer.allocUnsafeSlow(digitsAt + digits.length + bytes.length - tail);
  bytes.copy(result, 0, 0, digitsAt);
  result.write(digits, digitsAt, 'latin1');
  bytes.copy(result, digitsAt + digits.length, tail);
  return result;
}

function inMetadata(json: Buffer, start: number): SplicePoint {
  let position = expectByte(json, start, OPEN_BRACE);
  for (;;) {
    const memberStart = skipSpace(json, position);
    if (json[memberStart] === CLOSE_BRACE) return { at: memberStart, before: '', after: '' };
    const nameEnd = endOfString(json, memberStart);
    const name = json.toString('latin1', memberStart + 1, nameEnd - 1);
    if (name === 'resourceVersion') throw new SyntaxError('metadata has a resourceVersion already');
    if (!EARLIER_MEMBERS.has(name)) return { at: memberStart, before: '', after: ',' };
    const valueStart = skipSpace(json, expectByte(json, skipSpace(json, nameEnd), COLON));
    const valueEnd = endOfValue(json, valueStart);
    const next = skipSpace(json, valueEnd);
    if (json[next] === CLOSE_BRACE) return { at: valueEnd, before: ',', after: '' };
    position = expectByte(json, next, COMMA);
  }
}

function skipSpace(json: Buffer, from: number): number {
  let position = from;
  for (;;) {
    const byte = json[position];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return position;
    position += 1;
  }
}

/** @returns the position after the byte */
function expectByte(json: Buffer, position: number, byte: number): number {
  if (json[position] !== byte) {
    throw new SyntaxError(`expected ${String.fromCharCode(byte)} at byte ${position} of a JSON object with metadata`);
  }
  return position + 1;
}

/** @returns the position after the closing quote of the string that starts at `start` */
function endOfString(json: Buffer, start: number): number {
  let position = expectByte(json, start, QUOTE);
  for (;;) {
    const byte = json[position];
    if (byte === undefined) throw new SyntaxError('a string in the JSON text does not end');
    if (byte === QUOTE) return position + 1;
    position += byte === BACKSLASH ? 2 : 1;
  }
}

/** @returns the position after the value that starts at `start` */
function endOfValue(json: Buffer, start: number): number {
  let depth = 0;
  let position = start;
  for (;;) {
    const byte = json[position];
    if (byte === undefined) throw new SyntaxError('a value in the JSON text does not end');
    if (byte === QUOTE) {
      position = endOfString(json, position);
      if (depth === 0) return position;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return position;
      depth -= 1;
      if (depth === 0) return position + 1;
    } else if (byte === COMMA && depth === 0) return position;
    position += 1;
  }
}
