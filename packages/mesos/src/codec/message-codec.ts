import { errorMessage } from '@kubernetes-mesos/component-base';
import { missingFields } from './required-fields';

/** The two encodings of the v1 APIs. Mesos compares them as exact strings: never add a charset. */
export type MediaType = 'application/json' | 'application/x-protobuf';

export const JSON_MEDIA_TYPE = 'application/json' satisfies MediaType;
export const PROTOBUF_MEDIA_TYPE = 'application/x-protobuf' satisfies MediaType;

/** What is wrong with an encoded message; Mesos answers each with another text. */
export type DecodeProblem =
  /** The bytes are not this protobuf message, or a required field is missing. */
  | 'protobuf'
  /** The bytes are not JSON. */
  | 'json-syntax'
  /** The JSON is not this message: a wrong type or a missing required field. */
  | 'json-shape';

export class MessageDecodeError extends Error {
  override readonly name = 'MessageDecodeError';
  constructor(
    readonly problem: DecodeProblem,
    readonly reason: string,
    options: { cause?: unknown } = {},
  ) {
    super(`not a Mesos message: ${reason}`, options);
  }
}

/** The part of protobufjs' static code that the codec uses. */
export interface StaticMessage {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  fromObject(plain: Record<string, unknown>): object;
  toObject(message: object, options: object): Record<string, unknown>;
}

/**
 * Plain data <-> bytes of one message type.
 *
 * Decoding drops unknown fields and, as proto2 does, enum values that this version does not know: the field is absent
 * then. A message that has a `type` always gets one, `UNKNOWN` when it is absent or not known.
 */
export class MessageCodec<Encoded, Decoded = Encoded> {
  readonly #message: StaticMessage;
  readonly #name: string;
  readonly #typed: boolean;

  /** `name`: full name of the message. `typed`: it is discriminated by `type` (default true). */
  constructor(message: StaticMessage, name: string, options: { readonly typed?: boolean } = {}) {
    this.#message = message;
    this.#name = name;
    this.#typed = options.typed ?? true;
  }

  encode(message: Encoded, mediaType: MediaType): Buffer {
    if (mediaType === JSON_MEDIA_TYPE) return Buffer.from(JSON.stringify(toJson(message)));
    // A message type is an object by construction; the static code takes any record of its fields.
    const bytes = this.#message.encode(this.#message.fromObject(message as Record<string, unknown>)).finish();
    return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws MessageDecodeError */
  decode(bytes: Uint8Array, mediaType: MediaType): Decoded {
    const plain = mediaType === JSON_MEDIA_TYPE ? this.#fromJson(bytes) : this.#fromProtobuf(bytes);
    if (this.#typed && plain['type'] === undefined) plain['type'] = 'UNKNOWN';
    // The static code has built exactly the fields that the types of `messages` declare.
    return plain as Decoded;
  }

  #fromProtobuf(bytes: Uint8Array): Record<string, unknown> {
    let message: object;
    try {
      message = this.#message.decode(bytes);
    } catch (error) {
      throw new MessageDecodeError('protobuf', errorMessage(error), { cause: error });
    }
    return this.#message.toObject(message, PLAIN);
  }

  #fromJson(bytes: Uint8Array): Record<string, unknown> {
    const json = parseJson(bytes);
    if (!isRecord(json)) throw new MessageDecodeError('json-shape', 'Expecting a JSON object');
    let plain: Record<string, unknown>;
    try {
      plain = this.#message.toObject(this.#message.fromObject(json), PLAIN);
    } catch (error) {
      throw new MessageDecodeError('json-shape', errorMessage(error), { cause: error });
    }
    const missing = missingFields(this.#name, plain);
    if (missing.length > 0) {
      throw new MessageDecodeError('json-shape', `Missing required fields: ${missing.join(', ')}`);
    }
    return plain;
  }
}

/** Whether a Content-Type is one of the two encodings, compared as Mesos does. */
export function isMediaType(text: string | undefined): text is MediaType {
  return text === JSON_MEDIA_TYPE || text === PROTOBUF_MEDIA_TYPE;
}

const PLAIN = { enums: String, longs: Number };

/**
 * Bytes as base64 (before Buffer's own toJSON makes an array of numbers of them) and infinite numbers as their names;
 * copies only the path to what is replaced.
 */
function toJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  }
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    let copy: unknown[] | undefined;
    for (let index = 0; index < items.length; index += 1) {
      const json = toJson(items[index]);
      if (json !== items[index]) (copy ??= [...items])[index] = json;
    }
    return copy ?? value;
  }
  const record = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const key in record) {
    const json = toJson(record[key]);
    if (json !== record[key]) (copy ??= { ...record })[key] = json;
  }
  return copy ?? value;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    const text = Buffer.isBuffer(bytes) ? bytes.toString() : Buffer.from(bytes).toString();
    return JSON.parse(text);
  } catch (error) {
    throw new MessageDecodeError('json-syntax', errorMessage(error), { cause: error });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
