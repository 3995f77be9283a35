import { badRequest, type SchemaRegistry } from '@kubernetes-mesos/api-types';
import { Reader, Writer } from 'protobufjs/minimal';
import type { ProtobufDecoder } from '../http/body-decoder';
import { decodeMessage, ProtoDecodeError } from './proto-decode';
import { encodeMessage } from './proto-encode';
import { ProtoPlans } from './proto-plan';

/** In front of every object in `application/vnd.kubernetes.protobuf`; then a `runtime.Unknown` with its bytes. */
const MAGIC = Buffer.from('k8s\0', 'latin1');
const META_V1 = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** Reads and writes API objects in protobuf. */
export class ProtobufCodec implements ProtobufDecoder {
  readonly #schemas: SchemaRegistry;
  readonly plans: ProtoPlans;

  constructor(schemas: SchemaRegistry) {
    this.#schemas = schemas;
    this.plans = new ProtoPlans(schemas);
  }

  /** @throws StatusError 400 */
  decode(body: Buffer): { readonly kind: string; readonly apiVersion: string; readonly data: Record<string, unknown> } {
    if (body.length < MAGIC.length || !body.subarray(0, MAGIC.length).equals(MAGIC)) {
      throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
    }
    try {
      const { kind, apiVersion, raw } = readEnvelope(body.subarray(MAGIC.length));
      const type = this.typeOf(apiVersion, kind);
      if (type === undefined) {
        throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
      }
      return { kind, apiVersion, data: decodeMessage(this.plans, type, raw) };
    } catch (error) {
      if (!(error instanceof ProtoDecodeError)) throw error;
      throw badRequest(`unable to decode the protobuf message: ${error.message}`);
    }
  }

  /** The whole body for one object. `type`: its schema's name. */
  encode(type: string, apiVersion: string, kind: string, object: Readonly<Record<string, unknown>>): Buffer {
    return wrap(apiVersion, kind, encodeMessage(this.plans, type, object));
  }

  /** The schema of a kind; options and statuses are of every group. */
  typeOf(apiVersion: string, kind: string): string | undefined {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
    const own = `io.k8s.api.${(group ?? '').split('.')[0] ?? ''}.${version ?? ''}.${kind}`;
    for (const name of [own, `${META_V1}.${kind}`]) {
      if (this.#schemas.find(name) !== undefined && this.plans.find(name) !== undefined) return name;
    }
    return undefined;
  }
}

/** Puts a message into the envelope. */
export function wrap(apiVersion: string, kind: string, raw: Uint8Array): Buffer {
  const [before, after] = envelope(apiVersion, kind, raw.length);
  return Buffer.concat([before, raw, after]);
}

/** What is before and behind a message of that many bytes. */
export function envelope(apiVersion: string, kind: string, length: number): [Buffer, Buffer] {
  const writer = Writer.create();
  writer.uint32(10).fork().uint32(10).string(apiVersion).uint32(18).string(kind).ldelim();
  writer.uint32(18).uint32(length);
  // Go's reader wants both texts, empty as they are.
  const after = Writer.create().uint32(26).string('').uint32(34).string('').finish();
  return [Buffer.concat([MAGIC, writer.finish()]), Buffer.from(after)];
}

/** @throws ProtoDecodeError */
function readEnvelope(bytes: Uint8Array): ReturnType<typeof readUnknown> {
  try {
    return readUnknown(bytes);
  } catch (error) {
    throw new ProtoDecodeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readUnknown(bytes: Uint8Array): {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
} {
  const reader = Reader.create(bytes);
  let apiVersion = '';
  let kind = '';
  let raw: Uint8Array = new Uint8Array();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    switch (tag >>> 3) {
      case 1: {
        const end = reader.uint32() + reader.pos;
        while (reader.pos < end) {
          const inner = reader.uint32();
          if (inner >>> 3 === 1) apiVersion = reader.string();
          else if (inner >>> 3 === 2) kind = reader.string();
          else reader.skipType(inner & 7);
        }
        break;
      }
      case 2:
        raw = reader.bytes();
        break;
      default:
        reader.skipType(tag & 7);
    }
  }
  return { apiVersion, kind, raw };
}
