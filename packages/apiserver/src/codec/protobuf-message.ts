import { Writer } from 'protobufjs/minimal';
import type { ListResult } from '../endpoints/list';
import { revisionText } from '../endpoints/served-resource';
import { encodeMessage } from './proto-encode';
import type { ProtobufCodec } from './protobuf';

export const PROTOBUF_MEDIA = 'application/vnd.kubernetes.protobuf';
/** In front of each event of a stream. */
export const LENGTH_BYTES = 4;
const LIST_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

/** The `ListMeta` of a page. @param counts whether `remainingItemCount` is told */
export function listMetaMessage(codec: ProtobufCodec, list: ListResult, counts = true): Uint8Array {
  return encodeMessage(codec.plans, LIST_META, {
    resourceVersion: revisionText(list.revision),
    ...(list.continueToken === undefined ? {} : { continue: list.continueToken }),
    ...(list.remainingItemCount === undefined || !counts ? {} : { remainingItemCount: list.remainingItemCount }),
  });
}

/** So much is written in one go, bytes. */
const PIECE_BYTES = 32 * 1024;

/** A list of its `ListMeta` and items, which are made when they are written. */
export function* listPieces(meta: Uint8Array, items: Iterable<Uint8Array>): Generator<Buffer> {
  let writer = Writer.create().uint32(10).bytes(meta);
  for (const item of items) {
    writer.uint32(18).bytes(item);
    if (writer.len < PIECE_BYTES) continue;
    yield Buffer.from(writer.finish());
    writer = Writer.create();
  }
  if (writer.len > 0) yield Buffer.from(writer.finish());
}

/** Four bytes of length, then `WatchEvent{ type, object: RawExtension{ raw } }`. */
export function frame(type: string, object: Buffer): Buffer {
  const writer = Writer.create();
  writer.uint32(10).string(type);
  writer.uint32(18).fork().uint32(10).bytes(object).ldelim();
  const message = writer.finish();
  const framed = Buffer.allocUnsafe(message.length + LENGTH_BYTES);
  framed.writeUInt32BE(message.length, 0);
  framed.set(message, LENGTH_BYTES);
  return framed;
}

export function asRecord(value: object): Readonly<Record<string, unknown>> {
  return value as Readonly<Record<string, unknown>>; // plain JSON data
}
