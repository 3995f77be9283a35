import type { FieldSchema, TypeSchema } from './schema';
import { compileDecoder, type Decode } from './decode';
import { compileEncoder, type Write } from './encode';
import { JsonWriter } from './json-writer';

/** Reads and writes one type. */
export interface Codec {
  /**
   * Prunes and normalises: unknown fields and nulls are dropped, members are put in order, quantities and times made
   * canonical. Takes ownership of `data`: parts of it may be in the result.
   * @throws DecodeError for a value of the wrong type
   */
  readonly decode: Decode;
  /** Canonical JSON; does not change the object. */
  readonly encode: (object: object) => Buffer;
  /** The same as a part of what a writer collects. */
  readonly write: Write;
}

/** Types by name, with their codecs, which are compiled when first asked for. */
export class SchemaRegistry {
  readonly #types = new Map<string, TypeSchema>();
  readonly #codecs = new Map<string, Codec>();
  readonly #fields = new Map<string, ReadonlyMap<string, FieldSchema>>();
  #writer: JsonWriter | undefined;

  constructor(types: Iterable<TypeSchema> = []) {
    for (const type of types) this.add(type);
  }

  /** @throws Error when another type of that name is there already */
  add(type: TypeSchema): void {
    if (this.#types.has(type.name)) throw new Error(`two schemas are named ${type.name}`);
    this.#types.set(type.name, type);
  }

  find(name: string): TypeSchema | undefined {
    return this.#types.get(name);
  }

  /** @throws Error when there is none */
  get(name: string): TypeSchema {
    const type = this.#types.get(name);
    if (type === undefined) throw new Error(`no schema is named ${name}`);
    return type;
  }

  /**
   * A type's fields by name.
   * @throws Error when there is no such type
   */
  fieldsOf(name: string): ReadonlyMap<string, FieldSchema> {
    let fields = this.#fields.get(name);
    if (fields === undefined) {
      fields = new Map(this.get(name).fields.map((field) => [field.name, field]));
      this.#fields.set(name, fields);
    }
    return fields;
  }

  /** @throws Error when there is no such type */
  codec(name: string): Codec {
    let codec = this.#codecs.get(name);
    if (codec === undefined) {
      const type = this.get(name);
      const write = compileEncoder(type, this);
      codec = { decode: compileDecoder(type, this), encode: (object) => this.#encode(object, write), write };
      this.#codecs.set(name, codec);
    }
    return codec;
  }

  #encode(object: object, write: Write): Buffer {
    const writer = (this.#writer ??= new JsonWriter());
    writer.clear();
    write(object, writer);
    return writer.copy();
  }

  [Symbol.iterator](): Iterator<TypeSchema> {
    return this.#types.values();
  }
}
