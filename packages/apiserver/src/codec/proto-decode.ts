import { formatTime } from '@kubernetes-mesos/api-types';
import { Reader } from 'protobufjs/minimal';
import type { MessagePlan, ProtoPlans, ValuePlan } from './proto-plan';

type JsonObject = Record<string, unknown>;

/** Messages inside messages; the API's own types nest far less. */
const MAX_DEPTH = 100;
const UNSAFE_MEMBER = '__proto__';

/** The bytes are no message of their type. */
export class ProtoDecodeError extends Error {
  override readonly name = 'ProtoDecodeError';
}

/**
 * Reads one message into the JSON shape. What Go writes although it says nothing (empty texts, zeros, empty structs
 * that are no pointers) is left out; unknown fields are skipped.
 * @throws ProtoDecodeError
 */
export function decodeMessage(plans: ProtoPlans, type: string, bytes: Uint8Array): JsonObject {
  const plan = plans.find(type);
  if (plan === undefined) throw new ProtoDecodeError(`${type} is not carried in protobuf`);
  try {
    const reader = Reader.create(bytes);
    const result: JsonObject = {};
    readInto(result, reader, bytes.length, plan, plans, 0);
    return result;
  } catch (error) {
    if (error instanceof ProtoDecodeError) throw error;
    throw new ProtoDecodeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readInto(
  result: JsonObject,
  reader: Reader,
  end: number,
  plan: MessagePlan,
  plans: ProtoPlans,
  depth: number,
): void {
  if (depth > MAX_DEPTH) throw new ProtoDecodeError('exceeded max depth');
  while (reader.pos < end) {
    const tag = reader.uint32();
    const number = tag >>> 3;
    const wire = tag & 7;
    const field = plan.fieldByNumber.get(number);
    if (field !== undefined) {
      const value = readField(result[field.name], reader, wire, field.value, plans, depth);
      if (value !== undefined && !(field.dropsEmpty && isEmpty(value))) result[field.name] = value;
      continue;
    }
    const part = plan.inlineByNumber.get(number);
    if (part !== undefined && wire === 2) {
      const partEnd = endOf(reader, end);
      readInto(result, reader, partEnd, part.plan, plans, depth + 1);
    } else {
      reader.skipType(wire);
    }
  }
  if (reader.pos !== end) throw new ProtoDecodeError('a message is longer than its place');
}

/** The field's value after one more occurrence of it. */
function readField(
  present: unknown,
  reader: Reader,
  wire: number,
  value: ValuePlan,
  plans: ProtoPlans,
  depth: number,
): unknown {
  if (value.kind === 'list') {
    const list = Array.isArray(present) ? (present as unknown[]) : [];
    if (wire === 2 && isPackable(value.items)) {
      const end = endOf(reader, reader.len);
      while (reader.pos < end) list.push(readValue(reader, value.items, plans, depth));
    } else {
      const item = readValue(reader, value.items, plans, depth);
      list.push(item ?? null);
    }
    return list;
  }
  if (value.kind === 'map') {
    const map = isObject(present) ? present : {};
    readEntry(map, reader, value.values, plans, depth);
    return map;
  }
  return readValue(reader, value, plans, depth);
}

function readEntry(map: JsonObject, reader: Reader, values: ValuePlan, plans: ProtoPlans, depth: number): void {
  const end = endOf(reader, reader.len);
  let key = '';
  let value: unknown = emptyOf(values);
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) key = reader.string();
    else if (tag >>> 3 === 2) value = readNested(reader, values, plans, depth);
    else reader.skipType(tag & 7);
  }
  if (key === UNSAFE_MEMBER) throw new ProtoDecodeError(`member names like "${UNSAFE_MEMBER}" are not accepted`);
  map[key] = value ?? emptyOf(values);
}

/** A list inside a map is a message of its own. */
function readNested(reader: Reader, value: ValuePlan, plans: ProtoPlans, depth: number): unknown {
  if (value.kind !== 'list') return readValue(reader, value, plans, depth);
  const end = endOf(reader, reader.len);
  const list: unknown[] = [];
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) list.push(readValue(reader, value.items, plans, depth));
    else reader.skipType(tag & 7);
  }
  return list;
}

function readValue(reader: Reader, value: ValuePlan, plans: ProtoPlans, depth: number): unknown {
  switch (value.kind) {
    case 'string':
      return reader.string();
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    case 'int':
      return toNumber(reader.int64());
    case 'double':
      return reader.double();
    case 'bool':
      return reader.bool();
    case 'time':
    case 'micro-time':
      return readTime(reader, value.kind);
    case 'quantity':
      return readSmall(reader, { 1: (inner) => inner.string() })[1] ?? '0';
    case 'duration':
      return durationText(Number(readSmall(reader, { 1: (inner) => toNumber(inner.int64()) })[1] ?? 0));
    case 'int-or-string':
      return readIntOrString(reader);
    case 'raw-json':
      return readRawJson(reader);
    case 'message': {
      const end = endOf(reader, reader.len);
      const plan = plans.find(value.type);
      if (plan === undefined) {
        reader.pos = end;
        return undefined;
      }
      const result: JsonObject = {};
      readInto(result, reader, end, plan, plans, depth + 1);
      return result;
    }
    case 'list':
    case 'map':
      throw new ProtoDecodeError('a list cannot be an element');
  }
}

function readTime(reader: Reader, kind: 'time' | 'micro-time'): string | undefined {
  const parts = readSmall(reader, {
    1: (inner) => toNumber(inner.int64()),
    2: (inner) => inner.int32(),
  });
  if (parts[1] === undefined && parts[2] === undefined) return undefined;
  const seconds = formatTime(Number(parts[1] ?? 0) * 1000);
  if (kind === 'time') return seconds;
  const micros = Math.floor(Number(parts[2] ?? 0) / 1000);
  return `${seconds.slice(0, -1)}.${String(micros).padStart(6, '0')}Z`;
}

function readIntOrString(reader: Reader): number | string {
  const parts = readSmall(reader, {
    1: (inner) => toNumber(inner.int64()),
    2: (inner) => inner.int32(),
    3: (inner) => inner.string(),
  });
  return parts[1] === 1 ? String(parts[3] ?? '') : Number(parts[2] ?? 0);
}

function readRawJson(reader: Reader): unknown {
  const raw = readSmall(reader, { 1: (inner) => Buffer.from(inner.bytes()).toString('utf8') })[1];
  if (raw === undefined || raw === '') return undefined;
  try {
    return JSON.parse(String(raw)) as unknown;
  } catch (error) {
    throw new ProtoDecodeError('embedded JSON cannot be read', { cause: error });
  }
}

type Part = string | number;

/** A message of a few plain fields. */
function readSmall(
  reader: Reader,
  fields: Readonly<Record<number, (reader: Reader) => Part>>,
): Record<number, Part | undefined> {
  const end = endOf(reader, reader.len);
  const parts: Record<number, Part | undefined> = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const read = fields[tag >>> 3];
    if (read === undefined) reader.skipType(tag & 7);
    else parts[tag >>> 3] = read(reader);
  }
  return parts;
}

/** Go's text of a metav1.Duration. */
function durationText(nanos: number): string {
  return `${nanos / 1e9}s`;
}

function endOf(reader: Reader, limit: number): number {
  const end = reader.uint32() + reader.pos;
  if (end > limit) throw new ProtoDecodeError('a message is longer than its place');
  return end;
}

function isPackable(value: ValuePlan): boolean {
  return value.kind === 'int' || value.kind === 'bool' || value.kind === 'double';
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function emptyOf(value: ValuePlan): unknown {
  switch (value.kind) {
    case 'list':
      return [];
    case 'message':
    case 'map':
      return {};
    case 'int':
    case 'double':
      return 0;
    case 'bool':
      return false;
    case 'quantity':
      return '0';
    default:
      return '';
  }
}

/** 64-bit integers come as objects where they may not fit a number. */
function toNumber(value: unknown): number {
  return Number(value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
