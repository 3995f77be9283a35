import type { EncodableObject, DescribedResource } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';
import { textPieces, type ListBody, type ResponseFormat, type WatchEventType } from './format';
import { encodeJson, indentJson } from './json-text';
import { yamlOfJson } from './yaml-text';

/** What an answer looks like, as compact JSON text: the object itself, a Table, metadata only. */
export interface ShapeWriter {
  readonly id: string;
  object(resource: DescribedResource, object: EncodableObject): string;
  list(resource: DescribedResource, list: ListResult): ListText;
  event(resource: DescribedResource, object: EncodableObject, isFirst: boolean): string;
  readonly hasSharedEvents: boolean;
}

/** A list whose items are written one by one. */
export interface ListText {
  /** The members before the items, as JSON text. */
  readonly head: Readonly<Record<string, string>>;
  readonly itemsName: 'items' | 'rows';
  readonly items: readonly (() => string)[];
  /** What the items are when there are none. */
  readonly none: '[]' | 'null';
}

/** How JSON text is put on the wire. */
export interface TextStyle {
  readonly id: string;
  readonly contentType: string;
  write(json: string): string;
  /** The same as `write` of the whole. */
  list(list: ListText): Iterable<Buffer>;
}

export const COMPACT_JSON: TextStyle = {
  id: 'json',
  contentType: 'application/json',
  write: (json) => `${json}\n`,
  list: ({ head, itemsName, items, none }) => {
    const open = `${openObject(head)}"${itemsName}":`;
    if (items.length === 0) return [Buffer.from(`${open}${none}}\n`)];
    return textPieces(`${open}[`, written(items), ',', ']}\n');
  },
};

/** Two spaces, no newline at the end. */
export const PRETTY_JSON: TextStyle = {
  id: 'pretty',
  contentType: 'application/json',
  write: (json) => indentJson(json),
  list: ({ head, itemsName, items, none }) => {
    const empty = indentJson(`${openObject(head)}"${itemsName}":${none}}`);
    if (items.length === 0) return [Buffer.from(empty)];
    const open = empty.slice(0, empty.lastIndexOf(none));
    const texts = written(items, (json) => indentJson(json, '  ', 2));
    return textPieces(`${open}[\n    `, texts, ',\n    ', '\n  ]\n}');
  },
};

export const YAML: TextStyle = {
  id: 'yaml',
  contentType: 'application/yaml',
  write: yamlOfJson,
  list: yamlOfList,
};

/** The members of an object, without what closes it. */
export function openObject(members: Readonly<Record<string, string>>): string {
  return `{${Object.entries(members)
    .map(([name, json]) => `"${name}":${json},`)
    .join('')}`;
}

function* written(items: ListText['items'], style = (json: string) => json): Generator<string> {
  for (const item of items) yield style(item());
}

function* yamlOfList({ head, itemsName, items, none }: ListText): Generator<Buffer> {
  const names = [...Object.keys(head), itemsName].sort();
  for (const name of names) {
    if (name !== itemsName || items.length === 0) yield Buffer.from(yamlOfJson(`{"${name}":${head[name] ?? none}}`));
    // The YAML of one object takes a millisecond and more: each is a piece.
    else yield* textPieces(`${name}:\n`, written(items, yamlOfItem), '', '', 1);
  }
}

function yamlOfItem(json: string): string {
  return `- ${yamlOfJson(json)
    .trimEnd()
    .replace(/\n(?!\n)/g, '\n  ')}\n`;
}

/** Any shape in any text style: the way of everything that is not the stored bytes. */
export class TextFormat implements ResponseFormat {
  readonly id: string;
  readonly contentType: string;
  readonly streamContentType = 'application/json';
  readonly hasSharedEvents: boolean;
  readonly frameEnd = NEWLINE;

  constructor(
    private readonly shape: ShapeWriter,
    private readonly style: TextStyle,
  ) {
    this.id = `${shape.id}+${style.id}`;
    this.contentType = style.contentType;
    this.hasSharedEvents = shape.hasSharedEvents;
  }

  object(resource: DescribedResource, object: EncodableObject): Buffer {
    return Buffer.from(this.style.write(this.shape.object(resource, object)));
  }

  list(resource: DescribedResource, list: ListResult): ListBody {
    return { pieces: this.style.list(this.shape.list(resource, list)) };
  }

  plain(value: object): Buffer {
    return Buffer.from(this.style.write(encodeJson(value)));
  }

  /** Streams are compact whatever the style: a line is an event. */
  event(resource: DescribedResource, type: WatchEventType, object: EncodableObject, isFirst: boolean): Buffer {
    return Buffer.from(`{"type":"${type}","object":${this.shape.event(resource, object, isFirst)}}`);
  }

  plainEvent(resource: DescribedResource, type: 'BOOKMARK' | 'ERROR', object: object): Buffer {
    const isTable = type === 'BOOKMARK' && this.shape.id !== 'object';
    const body = isTable
      ? this.shape.event(resource, { object: object as EncodableObject['object'] }, true)
      : encodeJson(object);
    return Buffer.from(`{"type":"${type}","object":${body}}`);
  }
}

const NEWLINE = Buffer.from('\n');
