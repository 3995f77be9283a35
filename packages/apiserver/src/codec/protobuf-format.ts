import type { ListResult } from '../endpoints/list';
import type { DescribedResource, EncodableObject } from '../endpoints/served-resource';
import { mapped, type ListBody, type ResponseFormat, type WatchEventType } from '../formats/format';
import { encodeMessage } from './proto-encode';
import { envelope, type ProtobufCodec } from './protobuf';
import { asRecord, frame, LENGTH_BYTES, listMetaMessage, listPieces, PROTOBUF_MEDIA } from './protobuf-message';

/** Answers in protobuf: objects in their envelope; watch events as messages of their own, each behind its length. */
export class ProtobufFormat implements ResponseFormat {
  readonly id = 'protobuf';
  readonly contentType = PROTOBUF_MEDIA;
  readonly streamContentType = `${PROTOBUF_MEDIA};stream=watch`;
  readonly hasSharedEvents = true;
  readonly frameEnd = Buffer.alloc(0);
  readonly framePrefixBytes = LENGTH_BYTES;
  readonly #codec: ProtobufCodec;

  constructor(codec: ProtobufCodec) {
    this.#codec = codec;
  }

  object(resource: DescribedResource, { object }: EncodableObject): Buffer {
    const { definition, apiVersion } = resource;
    return this.#codec.encode(definition.schema, apiVersion, definition.names.kind, asRecord(object));
  }

  list(resource: DescribedResource, list: ListResult): ListBody {
    const { definition, apiVersion } = resource;
    const { plans } = this.#codec;
    return {
      pieces: listPieces(
        listMetaMessage(this.#codec, list),
        mapped(list.items, ({ object }) => encodeMessage(plans, definition.schema, asRecord(object))),
      ),
      around: (length) => envelope(apiVersion, definition.names.listKind, length),
    };
  }

  plain(value: object): Buffer {
    const object = asRecord(value);
    const kind = textOf(object['kind']);
    const apiVersion = textOf(object['apiVersion']);
    const type = this.#codec.typeOf(apiVersion, kind);
    if (type === undefined) throw new Error(`${apiVersion} ${kind} is not carried in protobuf`);
    return this.#codec.encode(type, apiVersion, kind, object);
  }

  event(resource: DescribedResource, type: WatchEventType, object: EncodableObject): Buffer {
    return frame(type, this.object(resource, object));
  }

  plainEvent(_resource: DescribedResource, type: 'BOOKMARK' | 'ERROR', object: object): Buffer {
    return frame(type, this.plain(object));
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
