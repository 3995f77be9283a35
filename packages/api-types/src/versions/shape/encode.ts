import type { Draft, Shape, StructShape } from './shape';

/** Writes a value by its shape: fields in their order, empty optional ones left out, map keys sorted. */
export function encode<S extends StructShape>(shape: S, value: Draft<S> & object): Record<string, unknown> {
  return encodeStruct(shape, value);
}

function encodeValue(shape: Shape, value: unknown): unknown {
  switch (shape.type) {
    case 'string':
    case 'quantity':
    case 'base64':
      return value ?? '';
    case 'int':
    case 'intOrString':
      return value ?? 0;
    case 'bool':
      return value ?? false;
    case 'time':
      return value === undefined || value === '' ? null : value;
    case 'any':
      return value ?? null;
    case 'list':
      return Array.isArray(value) ? value.map((item: unknown) => encodeValue(shape.items, item)) : null;
    case 'map':
      return isObject(value) ? encodeMap(shape.values, value) : null;
    case 'pointer':
      return isObject(value) ? encodeValue(shape.to, value) : null;
    case 'struct':
      return encodeStruct(shape, isObject(value) ? value : {});
  }
}

function encodeStruct(shape: StructShape, value: object): Record<string, unknown> {
  const given = value as Record<string, unknown>; // a draft of this very shape: its keys are the fields' names
  const output: Record<string, unknown> = {};
  for (const { name, shape: field, omitEmpty } of shape.entries) {
    const member = given[name];
    if (!omitEmpty) output[name] = encodeValue(field, member);
    else if (!isEmpty(field, member)) output[name] = encodeValue(field, member);
  }
  return output;
}

function encodeMap(values: Shape, value: Record<string, unknown>): Record<string, unknown> {
  const output: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const encoded = encodeValue(values, value[key]);
    Object.defineProperty(output, key, { value: encoded, enumerable: true, configurable: true, writable: true });
  }
  return output;
}

/** What Go's `omitempty` leaves out: nothing of a struct, an absent pointer, an empty list or map, a zero scalar. */
function isEmpty(shape: Shape, value: unknown): boolean {
  if (value === undefined || value === null) return shape.type !== 'struct';
  switch (shape.type) {
    case 'list':
      return Array.isArray(value) && value.length === 0;
    case 'map':
      return isObject(value) && Object.keys(value).length === 0;
    case 'struct':
    case 'pointer':
      return false;
    default:
      return value === '' || value === 0 || value === false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
