import type { DescribedResource, EncodableObject } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';
import { mapped, textPieces, type ListBody, type ResponseFormat, type WatchEventType } from './format';
import { listHead, type StoredJsonFormat } from './stored-json';

/**
 * Compact JSON with `metadata.selfLink`, for clients of before Kubernetes 1.16: they make references to an object, as in
 * the events that `kubectl describe` looks for, from its link. Later servers write none.
 */
export class LinkedJsonFormat implements ResponseFormat {
  readonly id = 'linked json';
  readonly contentType: string;
  readonly streamContentType: string;
  readonly hasSharedEvents = true;
  readonly frameEnd: Buffer;
  readonly #plain: StoredJsonFormat;

  constructor(plain: StoredJsonFormat) {
    this.#plain = plain;
    this.contentType = plain.contentType;
    this.streamContentType = plain.streamContentType;
    this.frameEnd = plain.frameEnd;
  }

  object(resource: DescribedResource, object: EncodableObject): Buffer {
    return linked(resource, object, this.#plain.object(resource, object));
  }

  list(resource: DescribedResource, list: ListResult): ListBody {
    const skipped = resource.typePrefix.length;
    const text = (item: EncodableObject & { readonly bytes: Buffer }) =>
      `{${linked(resource, item, item.bytes).toString('utf8', skipped)}`;
    return { pieces: textPieces(listHead(resource, list), mapped(list.items, text), ',', ']}\n') };
  }

  plain(value: object): Buffer {
    return this.#plain.plain(value);
  }

  event(resource: DescribedResource, type: WatchEventType, object: EncodableObject): Buffer {
    return linked(resource, object, this.#plain.event(resource, type, object));
  }

  plainEvent(resource: DescribedResource, type: 'BOOKMARK' | 'ERROR', object: object): Buffer {
    return this.#plain.plainEvent(resource, type, object);
  }
}

const METADATA = Buffer.from('"metadata":{');

/** Puts the link first into the metadata of an encoded object, which follow its type. */
function linked(resource: DescribedResource, { object }: EncodableObject, bytes: Buffer): Buffer {
  const at = bytes.indexOf(METADATA);
  if (at < 0) return bytes;
  const after = at + METADATA.length;
  const { name = '', namespace = '' } = object.metadata;
  const scope = namespace === '' ? '' : `namespaces/${encodeURIComponent(namespace)}/`;
  const root = resource.definition.group === '' ? 'api' : 'apis';
  const path = `/${root}/${resource.apiVersion}/${scope}${resource.definition.names.plural}/${encodeURIComponent(name)}`;
  const more = bytes[after] === CLOSE_BRACE ? '' : ',';
  return Buffer.concat([
    bytes.subarray(0, after),
    Buffer.from(`"selfLink":${JSON.stringify(path)}${more}`),
    bytes.subarray(after),
  ]);
}

const CLOSE_BRACE = 0x7d;
