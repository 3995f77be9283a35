import type { EncodableObject, DescribedResource } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';
import { wholeBody, type ListBody, type ResponseFormat, type WatchEventType } from './format';
import { encodeJson, indentJson } from './json-text';
import { yamlOfJson } from './yaml-text';

/** What an answer looks like, as compact JSON text: the object itself, a Table, metadata only. */
export interface ShapeWriter {
  readonly id: string;
  object(resource: DescribedResource, object: EncodableObject): string;
  list(resource: DescribedResource, list: ListResult): string;
  event(resource: DescribedResource, object: EncodableObject, isFirst: boolean): string;
  readonly hasSharedEvents: boolean;
}

/** How JSON text is put on the wire. */
export interface TextStyle {
  readonly id: string;
  readonly contentType: string;
  write(json: string): string;
}

export const COMPACT_JSON: TextStyle = {
  id: 'json',
  contentType: 'application/json',
  write: (json) => `${json}\n`,
};

/** Two spaces, no newline at the end. */
export const PRETTY_JSON: TextStyle = {
  id: 'pretty',
  contentType: 'application/json',
  write: (json) => indentJson(json),
};

export const YAML: TextStyle = {
  id: 'yaml',
  contentType: 'application/yaml',
  write: yamlOfJson,
};

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
    return wholeBody(Buffer.from(this.style.write(this.shape.list(resource, list))));
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
