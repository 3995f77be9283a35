import { encodeAny, encodeString, sortedKeys } from './go-json';
import { emptinessOf } from './presence';
import type { FieldSchema, Schema, TypeSchema } from './schema';

export type Encode = (object: object) => string;

/** Where encoders find the types they refer to; resolved at first use, so that recursive types end. */
export interface EncoderSource {
  codec(name: string): { readonly encode: Encode };
}

type EncodeValue = (value: unknown) => string;

interface FieldEncoder {
  readonly name: string;
  /** `"name":` */
  readonly label: string;
  readonly encode: EncodeValue;
  /** Whether a present value counts as nothing to write. */
  readonly isEmpty: (value: unknown) => boolean;
  /** What stands for an absent value; `undefined` leaves the field out. */
  readonly absent: (() => string) | undefined;
}

/**
 * Compiles a type's encoder: fields in the order of the schema, keys of maps sorted, empty fields as `presence` says,
 * members that the schema does not know left out.
 */
export function compileEncoder(type: TypeSchema, source: EncoderSource): Encode {
  const fields = type.fields.map((field) => compileField(field, source));
  return (object) => {
    const members = object as Readonly<Record<string, unknown>>;
    let text = '';
    for (const field of fields) {
      const value = members[field.name];
      if (value === undefined || value === null) {
        if (field.absent !== undefined) text += `${text === '' ? '{' : ','}${field.label}${field.absent()}`;
      } else if (!field.isEmpty(value)) {
        text += `${text === '' ? '{' : ','}${field.label}${field.encode(value)}`;
      }
    }
    return text === '' ? '{}' : `${text}}`;
  };
}

function compileField(field: FieldSchema, source: EncoderSource): FieldEncoder {
  return {
    name: field.name,
    label: `${encodeString(field.name)}:`,
    encode: compileValue(field.schema, source),
    isEmpty: emptinessOf(field),
    absent: absence(field, source),
  };
}

function compileValue(schema: Schema, source: EncoderSource): EncodeValue {
  switch (schema.type) {
    case 'string':
      return encodeScalar;
    case 'integer':
    case 'number':
    case 'boolean':
      return String;
    case 'any':
      return encodeAny;
    case 'array': {
      const encodeItem = compileValue(schema.items, source);
      return (value) => {
        let text = '';
        for (const item of value as readonly unknown[]) text += `${text === '' ? '[' : ','}${encodeItem(item)}`;
        return text === '' ? '[]' : `${text}]`;
      };
    }
    case 'map': {
      const encodeItem = compileValue(schema.values, source);
      return (value) => {
        const map = value as Readonly<Record<string, unknown>>;
        let text = '';
        for (const key of sortedKeys(map)) {
          const item = map[key];
          if (item === undefined) continue;
          text += `${text === '' ? '{' : ','}${encodeString(key)}:${encodeItem(item)}`;
        }
        return text === '' ? '{}' : `${text}}`;
      };
    }
    case 'ref': {
      let encode: Encode | undefined;
      return (value) => (encode ??= source.codec(schema.name).encode)(value as object);
    }
  }
}

function encodeScalar(value: unknown): string {
  return typeof value === 'string' ? encodeString(value) : JSON.stringify(value);
}

function absence(field: FieldSchema, source: EncoderSource): (() => string) | undefined {
  if (field.presence === undefined || field.presence === 'pointer') return undefined;
  if (field.presence === 'always-nullable') return () => 'null';
  const { schema } = field;
  switch (schema.type) {
    case 'string':
      return zeroOfString(schema.format);
    case 'integer':
    case 'number':
      return () => '0';
    case 'boolean':
      return () => 'false';
    case 'array':
    case 'map':
    case 'any':
      return () => 'null';
    case 'ref': {
      let text: string | undefined;
      return () => (text ??= source.codec(schema.name).encode({}));
    }
  }
}

function zeroOfString(format: (Schema & { type: 'string' })['format']): () => string {
  switch (format) {
    case 'date-time':
    case 'micro-time':
      return () => 'null';
    case 'int-or-string':
      return () => '0';
    case 'quantity':
      return () => '"0"';
    case 'duration':
      return () => '"0s"';
    case 'byte':
    case undefined:
      return () => '""';
  }
}
