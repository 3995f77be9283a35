import { deepCopy, deepEqual } from '@kubernetes-mesos/api-types';

/** The patch is not a list of operations. */
export class PatchSyntaxError extends Error {
  override readonly name = 'PatchSyntaxError';
}

/** An operation cannot be applied: a failed test, a missing place, an unknown operation. */
export class PatchApplyError extends Error {
  override readonly name = 'PatchApplyError';
}

/** The patch has more operations than are applied. */
export class PatchTooLongError extends Error {
  override readonly name = 'PatchTooLongError';
}

interface Operation {
  readonly op: string;
  readonly path: readonly string[];
  readonly from: readonly string[] | undefined;
  readonly value: unknown;
}

/** More operations than this in one patch are refused, as upstream. */
const MAX_OPERATIONS = 10_000;
/** Characters of JSON that the copies of one patch may add: a short patch could double a document again and again. */
const MAX_COPIED_CHARS = 3 * 1024 * 1024;

/** A document under change. */
interface Holder {
  root: unknown;
  copiedChars: number;
}

/**
 * Applies a JSON patch (RFC 6902) to a copy of `document`. One leniency of the Go library that upstream uses is kept:
 * `replace` of a missing member of an object adds it.
 * @throws PatchSyntaxError, PatchApplyError, PatchTooLongError
 */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  const operations = parseOperations(patch);
  const holder: Holder = { root: deepCopy(document), copiedChars: 0 };
  for (const operation of operations) applyOperation(holder, operation);
  return holder.root;
}

function parseOperations(patch: unknown): Operation[] {
  if (!Array.isArray(patch)) {
    const got = patch === null ? 'null' : typeof patch;
    throw new PatchSyntaxError(`json: cannot unmarshal ${got} into Go value of type jsonpatch.Patch`);
  }
  if (patch.length > MAX_OPERATIONS) {
    throw new PatchTooLongError(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  }
  return patch.map((item: unknown) => {
    if (!isRecord(item)) throw new PatchSyntaxError('json: cannot unmarshal into Go value of type jsonpatch.Operation');
    const { op, path, from } = item;
    if (typeof op !== 'string' || typeof path !== 'string') throw new PatchApplyError('an operation needs op and path');
    return {
      op,
      path: parsePointer(path),
      from: typeof from === 'string' ? parsePointer(from) : undefined,
      value: 'value' in item ? item['value'] : undefined,
    };
  });
}

function parsePointer(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PatchApplyError(`a path begins with a slash: ${pointer}`);
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function applyOperation(holder: Holder, operation: Operation): void {
  const { op, path, value } = operation;
  switch (op) {
    case 'add':
      put(holder, path, required(value), 'insert');
      return;
    case 'replace':
      put(holder, path, required(value), 'replace');
      return;
    case 'remove':
      take(holder, path);
      return;
    case 'move': {
      const from = source(operation);
      if (path.length > from.length && from.every((token, index) => token === path[index])) {
        throw new PatchApplyError('a value cannot be moved into itself');
      }
      put(holder, path, take(holder, from), 'insert');
      return;
    }
    case 'copy':
      put(holder, path, copied(holder, find(holder.root, source(operation))), 'insert');
      return;
    case 'test':
      if (!isEqual(findOrNothing(holder.root, path), value ?? null)) throw new PatchApplyError('a test failed');
      return;
    default:
      throw new PatchApplyError(`unknown operation ${op}`);
  }
}

function source(operation: Operation): readonly string[] {
  if (operation.from === undefined) throw new PatchApplyError(`${operation.op} needs from`);
  return operation.from;
}

function required(value: unknown): unknown {
  if (value === undefined) throw new PatchApplyError('the operation needs a value');
  return deepCopy(value);
}

function copied(holder: Holder, value: unknown): unknown {
  const json = JSON.stringify(value);
  holder.copiedChars += json.length;
  if (holder.copiedChars > MAX_COPIED_CHARS) {
    throw new PatchApplyError(
      `Unable to complete the copy, the accumulated size increase of copy is ${holder.copiedChars}, ` +
        `exceeding the limit ${MAX_COPIED_CHARS}`,
    );
  }
  return JSON.parse(json);
}

function find(root: unknown, path: readonly string[]): unknown {
  const found = findOrNothing(root, path);
  if (found === undefined) throw new PatchApplyError(`there is nothing at /${path.join('/')}`);
  return found;
}

function findOrNothing(root: unknown, path: readonly string[]): unknown {
  let current = root;
  for (const token of path) {
    if (Array.isArray(current)) current = (current as unknown[])[indexOf(token, current.length - 1)];
    else if (isRecord(current) && Object.hasOwn(current, token)) current = current[token];
    else return undefined;
  }
  return current;
}

function put(holder: Holder, path: readonly string[], value: unknown, mode: 'insert' | 'replace'): void {
  const last = path.at(-1);
  if (last === undefined) {
    holder.root = value;
    return;
  }
  const parent = find(holder.root, path.slice(0, -1));
  if (Array.isArray(parent)) {
    if (mode === 'replace') parent[indexOf(last, parent.length - 1)] = value;
    else parent.splice(last === '-' ? parent.length : indexOf(last, parent.length), 0, value);
  } else if (isRecord(parent)) {
    setMember(parent, last, value);
  } else {
    throw new PatchApplyError(`/${path.join('/')} is inside a plain value`);
  }
}

function take(holder: Holder, path: readonly string[]): unknown {
  const last = path.at(-1);
  if (last === undefined) throw new PatchApplyError('the whole document cannot be removed');
  const parent = find(holder.root, path.slice(0, -1));
  if (Array.isArray(parent)) return (parent as unknown[]).splice(indexOf(last, parent.length - 1), 1)[0];
  if (!isRecord(parent) || !Object.hasOwn(parent, last)) {
    throw new PatchApplyError(`there is nothing at /${path.join('/')}`);
  }
  const value = parent[last];
  delete parent[last];
  return value;
}

/** @param highest largest index allowed */
function indexOf(token: string, highest: number): number {
  if (!/^(?:0|-?[1-9]\d*)$/.test(token)) throw new PatchApplyError(`${token} is no index`);
  // The Go library counts negative indexes from the end.
  const index = Number(token) < 0 ? Number(token) + highest + 1 : Number(token);
  if (index < 0 || index > highest) throw new PatchApplyError(`index ${token} is out of bounds`);
  return index;
}

/** Strict about `null` and absence, unlike the equality of API objects. */
function isEqual(a: unknown, b: unknown): boolean {
  return (a ?? null) === null || b === null ? (a ?? null) === b : deepEqual(a, b);
}

function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
