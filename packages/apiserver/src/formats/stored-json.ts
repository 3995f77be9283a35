import { encodeAny } from '@kubernetes-mesos/api-types';
import type { ListResult } from '../endpoints/list';
import { revisionText, type EncodableObject, type DescribedResource } from '../endpoints/served-resource';
import type { ListBody, ResponseFormat, WatchEventType } from './format';
import { encodeJson } from './json-text';
import { releasePart, takePart } from './part-pool';

/**
 * Compact JSON of the version inside: the bytes that are stored, copied. Nothing is encoded on this path but the frame
 * around them.
 */
export class StoredJsonFormat implements ResponseFormat {
  readonly id = 'json';
  readonly contentType = 'application/json';
  readonly streamContentType = 'application/json';
  readonly hasSharedEvents = true;
  readonly frameEnd = NEWLINE;

  constructor(private readonly encode: (resource: DescribedResource, object: EncodableObject) => Buffer) {}

  object(resource: DescribedResource, object: EncodableObject): Buffer {
    const bytes = object.bytes ?? this.encode(resource, object);
    const body = Buffer.allocUnsafe(bytes.length + 1);
    bytes.copy(body);
    body[bytes.length] = NEWLINE_BYTE;
    return body;
  }

  list(resource: DescribedResource, list: ListResult): ListBody {
    const head = Buffer.from(listHead(resource, list));
    const { typePrefix } = resource;
    let length = head.length + LIST_TAIL.length;
    for (const item of list.items) length += item.bytes.length - typePrefix.length + 1;
    if (list.items.length > 1) length += list.items.length - 1;
    return { length, parts: listParts(head, list, typePrefix.length), release: releasePart };
  }

  plain(value: object): Buffer {
    return Buffer.from(`${encodeJson(value)}\n`);
  }

  event(resource: DescribedResource, type: WatchEventType, object: EncodableObject): Buffer {
    const bytes = object.bytes ?? this.encode(resource, object);
    const head = EVENT_HEADS[type];
    const frame = Buffer.allocUnsafeSlow(head.length + bytes.length + 1);
    head.copy(frame);
    bytes.copy(frame, head.length);
    frame[frame.length - 1] = CLOSE_BRACE;
    return frame;
  }

  plainEvent(_resource: DescribedResource, type: 'BOOKMARK' | 'ERROR', object: object): Buffer {
    return Buffer.from(`{"type":"${type}","object":${encodeJson(object)}}`);
  }
}

const NEWLINE_BYTE = 0x0a;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACE = 0x7b;
const COMMA = 0x2c;
const NEWLINE = Buffer.from('\n');
const LIST_TAIL = Buffer.from(']}\n');
const EVENT_HEADS = {
  ADDED: Buffer.from('{"type":"ADDED","object":'),
  MODIFIED: Buffer.from('{"type":"MODIFIED","object":'),
  DELETED: Buffer.from('{"type":"DELETED","object":'),
};

export function listHead(resource: DescribedResource, list: ListResult): string {
  const { names } = resource.definition;
  const more = list.continueToken === undefined ? '' : `,"continue":${encodeAny(list.continueToken)}`;
  const remaining = list.remainingItemCount === undefined ? '' : `,"remainingItemCount":${list.remainingItemCount}`;
  return (
    `{"kind":${encodeAny(names.listKind)},"apiVersion":${encodeAny(resource.apiVersion)},"metadata":` +
    `{"resourceVersion":"${revisionText(list.revision)}"${more}${remaining}},"items":[`
  );
}

/** Copies items, without their type, into parts; `{` takes the place of the last byte of the type. */
function* listParts(head: Buffer, list: ListResult, prefixLength: number): Generator<Buffer> {
  let part = takePart(head.length);
  head.copy(part);
  let used = head.length;
  let isFirst = true;
  for (const { bytes } of list.items) {
    const needed = bytes.length - prefixLength + 2;
    if (used + needed > part.length) {
      yield part.subarray(0, used);
      part = takePart(needed);
      used = 0;
    }
    if (isFirst) isFirst = false;
    else part[used++] = COMMA;
    part[used++] = OPEN_BRACE;
    used += bytes.copy(part, used, prefixLength);
  }
  if (used > 0) yield part.subarray(0, used);
  yield LIST_TAIL;
}
