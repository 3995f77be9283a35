import type { EncodableObject, DescribedResource } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';

/** One way to write answers: a media type, a shape, an API version. The only thing that knows bytes on the wire. */
export interface ResponseFormat {
  /** Same text for formats that write the same: the key of what is encoded once for many. */
  readonly id: string;
  readonly contentType: string;
  /** What a watch stream is labelled. */
  readonly streamContentType: string;
  /** The whole body for one object. */
  object(resource: DescribedResource, object: EncodableObject): Buffer;
  /** The whole body for a list, in parts. */
  list(resource: DescribedResource, list: ListResult): ListBody;
  /** A body for what is no stored object: Status, Scale, ... */
  plain(value: object): Buffer;
  /** One event of a watch, without the separator of the transport. `isFirst`: of this stream. */
  event(resource: DescribedResource, type: WatchEventType, object: EncodableObject, isFirst: boolean): Buffer;
  /** A watch event that carries no stored object: BOOKMARK, ERROR. */
  plainEvent(resource: DescribedResource, type: 'BOOKMARK' | 'ERROR', object: object): Buffer;
  /** Whether `event` does not depend on `isFirst`, so that events may be shared between streams. */
  readonly hasSharedEvents: boolean;
  /** Behind each encoded event on a byte stream: the end of a line for text. */
  readonly frameEnd: Buffer;
  /** Bytes of length in front of each event, for formats that are no text; where every event is a message they go. */
  readonly framePrefixBytes?: number;
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface WholeBody {
  readonly length: number;
  /** Parts to be written one after the other; a part is valid until the next one is asked for. */
  readonly parts: Iterable<Buffer>;
  /** Takes parts back that have been sent; a part that is not given back is lost, not leaked. */
  readonly release?: (part: Buffer) => void;
}

/** A body whose pieces are costly to make: others are served between two of them. */
export interface PiecedBody {
  readonly pieces: Iterable<Buffer>;
  /** What goes before and behind them all, once their length is known. */
  readonly around?: (length: number) => readonly [Buffer, Buffer];
}

export type ListBody = WholeBody | PiecedBody;

/** So much text is made in one go. */
const PIECE_CHARS = 32 * 1024;

/** Text that is mostly items, in pieces of some `pieceChars`. */
export function* textPieces(
  head: string,
  items: Iterable<string>,
  separator: string,
  tail: string,
  pieceChars = PIECE_CHARS,
): Generator<Buffer> {
  let text = head;
  let isFirst = true;
  for (const item of items) {
    text += isFirst ? item : separator + item;
    isFirst = false;
    if (text.length < pieceChars) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text + tail);
}

export function wholeBody(bytes: Buffer): WholeBody {
  return { length: bytes.length, parts: [bytes] };
}

/** Makes each when it is asked for. */
export function* mapped<T, U>(items: Iterable<T>, make: (item: T) => U): Generator<U> {
  for (const item of items) yield make(item);
}
