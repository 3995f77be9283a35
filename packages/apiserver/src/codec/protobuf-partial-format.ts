import { Writer } from 'protobufjs/minimal';
import type { ListResult } from '../endpoints/list';
import type { DescribedResource, EncodableObject } from '../endpoints/served-resource';
import { mapped, type ListBody, type ResponseFormat, type WatchEventType } from '../formats/format';
import { requireShapeOfList, requireShapeOfObject, type PartialKind } from '../formats/partial-shape';
import { encodeMessage } from './proto-encode';
import { envelope, wrap, type ProtobufCodec } from './protobuf';
import { ProtobufFormat } from './protobuf-format';
import { asRecord, frame, LENGTH_BYTES, listMetaMessage, listPieces, PROTOBUF_MEDIA } from './protobuf-message';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Metadata only, in protobuf, as the metadata clients of controllers ask for it. */
export class ProtobufPartialFormat implements ResponseFormat {
  readonly id: string;
  readonly contentType = PROTOBUF_MEDIA;
  readonly streamContentType = `${PROTOBUF_MEDIA};stream=watch`;
  readonly hasSharedEvents = true;
  readonly frameEnd = Buffer.alloc(0);
  readonly framePrefixBytes = LENGTH_BYTES;
  readonly #codec: ProtobufCodec;
  readonly #whole: ProtobufFormat;
  readonly #as: PartialKind;
  readonly #apiVersion: string;

  constructor(codec: ProtobufCodec, as: PartialKind, version: string) {
    this.#codec = codec;
    this.#whole = new ProtobufFormat(codec);
    this.#as = as;
    this.#apiVersion = `meta.k8s.io/${version}`;
    this.id = `protobuf/${as}/${version}`;
  }

  object(_resource: DescribedResource, { object }: EncodableObject): Buffer {
    requireShapeOfObject(this.#as);
    return this.#wrapped(object);
  }

  list(resource: DescribedResource, list: ListResult): ListBody {
    requireShapeOfList(this.#as, resource);
    return {
      pieces: listPieces(
        listMetaMessage(this.#codec, list, false),
        mapped(list.items, ({ object }) => this.#message(object)),
      ),
      around: (length) => envelope(this.#apiVersion, 'PartialObjectMetadataList', length),
    };
  }

  plain(value: object): Buffer {
    return this.#whole.plain(value);
  }

  event(_resource: DescribedResource, type: WatchEventType, { object }: EncodableObject): Buffer {
    return frame(type, this.#wrapped(object));
  }

  plainEvent(_resource: DescribedResource, type: 'BOOKMARK' | 'ERROR', object: object): Buffer {
    return frame(type, type === 'ERROR' ? this.plain(object) : this.#wrapped(object));
  }

  #wrapped(object: object): Buffer {
    return wrap(this.#apiVersion, 'PartialObjectMetadata', this.#message(object));
  }

  #message(object: object): Uint8Array {
    const metadata = asRecord(object)['metadata'];
    const bytes = encodeMessage(this.#codec.plans, OBJECT_META, (metadata ?? {}) as Record<string, unknown>);
    return Writer.create().uint32(10).bytes(bytes).finish();
  }
}
