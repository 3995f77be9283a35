import { encodeAny, encodeString, sortedKeys } from './go-json';
import type { JsonWriter } from './json-writer';
import { emptinessOf } from './presence';
import type { FieldSchema, Schema, TypeSchema } from './schema';

/** Writes an object of a type as canonical JSON; does not change it. */
export type Write = (object: object, writer: JsonWriter) => void;

/** Where encoders find the types they refer to; resolved at first use, so that recursive types end. */
export interface EncoderSource {
  codec(name: string): { readonly write: Write };
}

type WriteValue = (value: unknown, writer: JsonWriter) => void;

interface FieldEncoder {
  readonly name: string;
  /** `{"name":` and `,"name":`, ASCII. */
  readonly firstLabel: string;
  readonly label: string;
  readonly write: WriteValue;
  /** Whether a present value counts as nothing to write. */
  readonly isEmpty: (value: unknown) => boolean;
  /** Writes what stands for an absent value; `undefined` leaves the field out. */
  readonly absent: ((writer: JsonWriter) => void) | undefined;
}

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const COLON = 0x3a;

/**
 * Compiles a type's encoder: fields in the order of the schema, keys of maps sorted, empty fields as `presence` says,
 * members that the schema does not know left out.
 */
export function compileEncoder(type: TypeSchema, source: EncoderSource): Write {
  const fields = type.fields.map((field) => compileField(field, source));
  return (object, writer) => {
    const members = object as Readonly<Record<string, unknown>>;
    let isFirst = true;
    for (const field of fields) {
      const value = members[field.name];
      const isAbsent = value === undefined || value === null;
      if (isAbsent ? field.absent === undefined : field.isEmpty(value)) continue;
      writer.ascii(isFirst ? field.firstLabel : field.label);
      isFirst = false;
      if (isAbsent) field.absent?.(writer);
      else field.write(value, writer);
    }
    writer.ascii(isFirst ? '{}' : '}');
  };
}

function compileField(field: FieldSchema, source: EncoderSource): FieldEncoder {
  return {
    name: field.name,
    firstLabel: `{${encodeString(field.name)}:`,
    label: `,${encodeString(field.name)}:`,
    write: compileValue(field.schema, source),
    isEmpty: emptinessOf(field),
    absent: absence(field, source),
  };
}

function compileValue(schema: Schema, source: EncoderSource): WriteValue {
  switch (schema.type) {
    case 'string':
      return writeScalar;
    case 'integer':
    case 'number':
    case 'boolean':
      return (value, writer) => writer.ascii(String(value));
    case 'any':
      return (value, writer) => writer.text(encodeAny(value));
    case 'array': {
      const writeItem = compileValue(schema.items, source);
      return (value, writer) => {
        let separator = OPEN_BRACKET;
        for (const item of value as readonly unknown[]) {
          writer.byte(separator);
          separator = COMMA;
          writeItem(item, writer);
        }
        if (separator === OPEN_BRACKET) writer.byte(OPEN_BRACKET);
        writer.byte(CLOSE_BRACKET);
      };
    }
    case 'map': {
      const writeItem = compileValue(schema.values, source);
      return (value, writer) => {
        const map = value as Readonly<Record<string, unknown>>;
        let separator = OPEN_BRACE;
        for (const key of sortedKeys(map)) {
          const item = map[key];
          if (item === undefined) continue;
          writer.byte(separator);
          separator = COMMA;
          writer.string(key);
          writer.byte(COLON);
          writeItem(item, writer);
        }
        if (separator === OPEN_BRACE) writer.byte(OPEN_BRACE);
        writer.byte(CLOSE_BRACE);
      };
    }
    case 'ref': {
      let write: Write | undefined;
      return (value, writer) => (write ??= source.codec(schema.name).write)(value as object, writer);
    }
  }
}

function writeScalar(value: unknown, writer: JsonWriter): void {
  if (typeof value === 'string') writer.string(value);
  else writer.text(JSON.stringify(value));
}

function absence(field: FieldSchema, source: EncoderSource): ((writer: JsonWriter) => void) | undefined {
  if (field.presence === undefined || field.presence === 'pointer') return undefined;
  const { schema } = field;
  if (schema.type === 'ref' && field.presence === 'always') {
    return (writer) => source.codec(schema.name).write({}, writer);
  }
  const text = field.presence === 'always-nullable' ? 'null' : zeroOf(schema);
  return (writer) => writer.ascii(text);
}

function zeroOf(schema: Schema): string {
  switch (schema.type) {
    case 'string':
      return zeroOfString(schema.format);
    case 'integer':
    case 'number':
      return '0';
    case 'boolean':
      return 'false';
    case 'array':
    case 'map':
    case 'any':
    case 'ref':
      return 'null';
  }
}

function zeroOfString(format: (Schema & { type: 'string' })['format']): string {
  switch (format) {
    case 'date-time':
    case 'micro-time':
      return 'null';
    case 'int-or-string':
      return '0';
    case 'quantity':
      return '"0"';
    case 'duration':
      return '"0s"';
    case 'byte':
    case undefined:
      return '""';
  }
}
