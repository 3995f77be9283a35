import { DecodeError } from '../../machinery/decode-error';
import { canonicalTime } from '../../machinery/time';
import { legacyQuantity } from '../shared/quantity';
import { LegacyDecodeError } from './errors';
import type { Decoded, Shape, StructShape } from './shape';

const QUANTITY_TEXT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEimkKMGTP]*[-+]?[0-9]*)$'";

/**
 * Reads JSON data by a shape: unknown fields are dropped, keys match without regard to case (an exact match is not
 * preferred: the last one wins, as in Go), null counts as unset, a wrong JSON type is refused.
 * @throws LegacyDecodeError with the text of Go's JSON decoder
 */
export function decode<S extends Shape>(shape: S, input: unknown): Decoded<S> {
  // The type is computed from the shape that steers the decoding; the compiler cannot follow that.
  return decodeValue(shape, input) as Decoded<S>;
}

function decodeValue(shape: Shape, input: unknown): unknown {
  if (input === null || input === undefined) return zeroOf(shape);
  switch (shape.type) {
    case 'string':
      return typeof input === 'string' ? input : refuse(input, 'string');
    case 'int':
      return decodeInt(input);
    case 'bool':
      return typeof input === 'boolean' ? input : refuse(input, 'bool');
    case 'time':
      return typeof input === 'string' ? decodeTime(input) : refuse(input, 'string');
    case 'intOrString':
      return typeof input === 'string' ? input : decodeInt(input);
    case 'quantity':
      return decodeQuantity(input);
    case 'base64':
      return typeof input === 'string' ? decodeBase64(input) : refuse(input, '[]uint8');
    case 'list':
      return Array.isArray(input)
        ? input.map((item) => decodeValue(shape.items, item))
        : refuse(input, typeName(shape));
    case 'map':
      return isObject(input) ? decodeMap(shape.values, input) : refuse(input, typeName(shape));
    case 'pointer':
      return decodeValue(shape.to, input);
    case 'struct':
      return isObject(input) ? decodeStruct(shape, input) : refuse(input, typeName(shape));
    case 'any':
      return input;
  }
}

function zeroOf(shape: Shape): unknown {
  switch (shape.type) {
    case 'string':
    case 'time':
    case 'quantity':
    case 'base64':
      return '';
    case 'int':
    case 'intOrString':
      return 0;
    case 'bool':
      return false;
    case 'list':
    case 'map':
    case 'pointer':
    case 'any':
      return null;
    case 'struct':
      return decodeStruct(shape, {});
  }
}

function decodeStruct(shape: StructShape, input: Record<string, unknown>): Record<string, unknown> {
  const given = new Map<string, unknown>();
  for (const [key, value] of Object.entries(input)) {
    const entry = shape.byName.get(key) ?? shape.byLowerName.get(key.toLowerCase());
    if (entry !== undefined) given.set(entry.name, value);
  }
  const output: Record<string, unknown> = {};
  for (const { name, shape: field } of shape.entries) output[name] = decodeValue(field, given.get(name));
  return output;
}

function decodeMap(values: Shape, input: Record<string, unknown>): Record<string, unknown> {
  const output: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(input)) define(output, key, decodeValue(values, value));
  return output;
}

/** `__proto__` is a key like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Of 64 bits; the nearest number that there is here. */
const MAX_INT = 2 ** 63;

function decodeInt(input: unknown): number {
  if (typeof input !== 'number') return refuse(input, 'int');
  if (!Number.isInteger(input) || Math.abs(input) > MAX_INT) {
    throw new LegacyDecodeError(`json: cannot unmarshal number ${input} into Go value of type int`);
  }
  return input;
}

function decodeTime(text: string): string {
  if (text === '') return '';
  try {
    return canonicalTime(text) ?? '';
  } catch (error) {
    if (error instanceof DecodeError) throw new LegacyDecodeError(error.message, { cause: error });
    throw error;
  }
}

function decodeQuantity(input: unknown): string {
  if (typeof input !== 'string' && typeof input !== 'number') return refuse(input, 'resource.Quantity');
  const quantity = legacyQuantity(String(input));
  if (quantity === undefined) throw new LegacyDecodeError(QUANTITY_TEXT);
  return quantity.toString();
}

function decodeBase64(text: string): string {
  const clean = text.replace(/[\r\n]/g, '');
  const bad = /^[A-Za-z0-9+/]*/.exec(clean)?.[0].length ?? 0;
  const padded = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(clean);
  if (!padded)
    throw new LegacyDecodeError(`illegal base64 data at input byte ${Math.min(bad, Math.max(clean.length - 1, 0))}`);
  return clean;
}

function refuse(input: unknown, wanted: string): never {
  throw new LegacyDecodeError(`json: cannot unmarshal ${jsonType(input)} into Go value of type ${wanted}`);
}

function jsonType(input: unknown): string {
  if (Array.isArray(input)) return 'array';
  switch (typeof input) {
    case 'boolean':
      return 'bool';
    case 'number':
      return 'number';
    case 'string':
      return 'string';
    default:
      return 'object';
  }
}

function typeName(shape: Shape): string {
  switch (shape.type) {
    case 'list':
      return `[]${typeName(shape.items)}`;
    case 'map':
      return `map[string]${typeName(shape.values)}`;
    case 'pointer':
      return `*${typeName(shape.to)}`;
    case 'struct':
      return shape.name;
    case 'intOrString':
      return 'util.IntOrString';
    case 'base64':
      return '[]uint8';
    case 'time':
      return 'util.Time';
    case 'quantity':
      return 'resource.Quantity';
    default:
      return shape.type;
  }
}

function isObject(input: unknown): input is Record<string, unknown> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
