import { DecodeError } from './decode-error';
import { emptinessOf } from './presence';
import { canonicalQuantity, QuantityFormatError } from './quantity';
import type { FieldSchema, Schema, TypeSchema } from './schema';
import { canonicalMicroTime, canonicalTime } from './time';

export type Decode = (data: unknown) => Record<string, unknown>;

/** Where decoders find the types they refer to; resolved at first use, so that recursive types end. */
export interface DecoderSource {
  codec(name: string): { readonly decode: Decode };
}

type DecodeValue = (value: unknown) => unknown;

interface FieldDecoder {
  readonly name: string;
  readonly decode: DecodeValue;
  readonly isEmpty: (value: unknown) => boolean;
  /** The name is one that every JavaScript object answers to. */
  readonly isInherited: boolean;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const BASE64_LETTER = /[A-Za-z0-9+/]/;

/** Compiles a type's decoder; see `Codec.decode`. Field names are case-sensitive. */
export function compileDecoder(type: TypeSchema, source: DecoderSource): Decode {
  const fields = type.fields.map((field) => compileField(field, source));
  const typeName = shortName(type.name);
  return (data) => {
    if (!isRecord(data)) throw new DecodeError(jsonTypeOf(data), `v1.${typeName}`);
    const result: Record<string, unknown> = {};
    let current = '';
    try {
      for (const field of fields) {
        const value = data[field.name];
        if (value === undefined || value === null) continue;
        if (field.isInherited && !Object.hasOwn(data, field.name)) continue;
        current = field.name;
        const decoded = field.decode(value);
        if (decoded !== undefined && !field.isEmpty(decoded)) result[field.name] = decoded;
      }
    } catch (error) {
      if (error instanceof DecodeError) error.enter(typeName, current);
      throw error;
    }
    return result;
  };
}

function compileField(field: FieldSchema, source: DecoderSource): FieldDecoder {
  return {
    name: field.name,
    decode: compileValue(field.schema, source),
    isEmpty: emptinessOf(field),
    isInherited: field.name in Object.prototype,
  };
}

function compileValue(schema: Schema, source: DecoderSource): DecodeValue {
  switch (schema.type) {
    case 'string':
      return stringDecoder(schema.format);
    case 'integer':
      return schema.format === 'int32' ? decodeInt32 : decodeInt64;
    case 'number':
      return decodeNumber;
    case 'boolean':
      return decodeBoolean;
    case 'any':
      return (value) => value;
    case 'array':
      return arrayDecoder(schema.items, source);
    case 'map':
      return mapDecoder(schema.values, source);
    case 'ref': {
      let decode: Decode | undefined;
      return (value) => (decode ??= source.codec(schema.name).decode)(value);
    }
  }
}

function arrayDecoder(items: Schema, source: DecoderSource): DecodeValue {
  const decodeItem = compileValue(items, source);
  const goType = `[]${goTypeOf(items)}`;
  return (value) => {
    if (!Array.isArray(value)) throw new DecodeError(jsonTypeOf(value), goType);
    const list = value as unknown[];
    for (let index = 0; index < list.length; index += 1) {
      list[index] = list[index] === null ? zeroOf(items) : (decodeItem(list[index]) ?? zeroOf(items));
    }
    return list;
  };
}

function mapDecoder(values: Schema, source: DecoderSource): DecodeValue {
  const decodeItem = compileValue(values, source);
  const goType = `map[string]${goTypeOf(values)}`;
  return (value) => {
    if (!isRecord(value)) throw new DecodeError(jsonTypeOf(value), goType);
    for (const key of Object.keys(value)) {
      const item = value[key];
      const decoded = item === null ? zeroOf(values) : (decodeItem(item) ?? zeroOf(values));
      if (decoded !== item) setMember(value, key, decoded);
    }
    return value;
  };
}

function stringDecoder(format: (Schema & { type: 'string' })['format']): DecodeValue {
  switch (format) {
    case undefined:
    case 'duration':
      return decodeString;
    case 'date-time':
      return (value) => canonicalTime(expectString(value, 'v1.Time'));
    case 'micro-time':
      return (value) => canonicalMicroTime(expectString(value, 'v1.MicroTime'));
    case 'byte':
      return decodeBase64;
    case 'quantity':
      return decodeQuantity;
    case 'int-or-string':
      return (value) => (typeof value === 'string' ? value : decodeInt32(value));
  }
}

function decodeString(value: unknown): string {
  return expectString(value, 'string');
}

function expectString(value: unknown, goType: string): string {
  if (typeof value !== 'string') throw new DecodeError(jsonTypeOf(value), goType);
  return value;
}

function decodeInt32(value: unknown): number {
  if (typeof value !== 'number') throw new DecodeError(jsonTypeOf(value), 'int32');
  if ((value | 0) !== value) throw new DecodeError(`number ${value}`, 'int32');
  return value === 0 ? 0 : value;
}

/** Beyond 2^53 a number has already lost digits when JSON.parse has read it; such values are kept as they came. */
function decodeInt64(value: unknown): number {
  if (typeof value !== 'number') throw new DecodeError(jsonTypeOf(value), 'int64');
  if (!Number.isInteger(value) || Math.abs(value) > 2 ** 63) throw new DecodeError(`number ${value}`, 'int64');
  return value === 0 ? 0 : value;
}

function decodeNumber(value: unknown): number {
  if (typeof value !== 'number') throw new DecodeError(jsonTypeOf(value), 'float64');
  return value;
}

function decodeBoolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new DecodeError(jsonTypeOf(value), 'bool');
  return value;
}

function decodeBase64(value: unknown): string {
  const text = expectString(value, '[]uint8');
  if (BASE64.test(text)) return text;
  // Go ignores line breaks.
  const joined = text.replace(/[\r\n]/g, '');
  if (BASE64.test(joined)) return joined;
  throw new DecodeError(`illegal base64 data at input byte ${firstIllegalByte(text)}`);
}

function firstIllegalByte(text: string): number {
  const bytes = Buffer.from(text);
  let quantum = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const character = String.fromCharCode(bytes[index] ?? 0);
    if (character === '\n' || character === '\r') continue;
    if (BASE64_LETTER.test(character)) quantum += 1;
    else if (character !== '=' || quantum % 4 < 2) return index;
    else if (quantum % 4 === 3) return index + 1;
    else if (bytes[index + 1] === '='.charCodeAt(0)) return index + 2;
    else return Math.min(index + 1, bytes.length);
  }
  return bytes.length - (quantum % 4);
}

function decodeQuantity(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : expectString(value, 'resource.Quantity').trim();
  try {
    return canonicalQuantity(text);
  } catch (error) {
    if (error instanceof QuantityFormatError) throw new DecodeError(error.message);
    throw error;
  }
}

/** What Go leaves in a list or map for a null. */
function zeroOf(schema: Schema): unknown {
  switch (schema.type) {
    case 'string':
      return schema.format === 'quantity' ? '0' : '';
    case 'integer':
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'any':
      return null;
    case 'array':
      return [];
    case 'map':
    case 'ref':
      return {};
  }
}

function goTypeOf(schema: Schema): string {
  switch (schema.type) {
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : schema.format === 'quantity' ? 'resource.Quantity' : 'string';
    case 'integer':
      return schema.format;
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'any':
      return 'interface {}';
    case 'array':
      return `[]${goTypeOf(schema.items)}`;
    case 'map':
      return `map[string]${goTypeOf(schema.values)}`;
    case 'ref':
      return `v1.${shortName(schema.name)}`;
  }
}

function shortName(typeName: string): string {
  return typeName.slice(typeName.lastIndexOf('.') + 1);
}

function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'string':
    case 'number':
      return typeof value;
    default:
      return value === null ? 'null' : 'object';
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `__proto__` is a member like any other. */
function setMember(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}
