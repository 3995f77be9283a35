import type { KubeObject, LegacyApiVersion, LegacyKind, LegacyResource, Status } from '@kubernetes-mesos/api-types';
import { formatTime } from '@kubernetes-mesos/api-types';
import type { EncodableObject } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';
import {
  mapped,
  textPieces,
  wholeBody,
  type ListBody,
  type ResponseFormat,
  type WatchEventType,
} from '../formats/format';
import { encodeJson, indentJson } from '../formats/json-text';
import { withOwnPortUnnamed } from './own-objects';

/** What the selfLinks of one request's answers are made of. */
export interface LinkStyle {
  readonly resource: LegacyResource;
  readonly subresource: string;
  /** A v1beta3 list or watch over all namespaces: its items' links have a placeholder where the namespace belongs. */
  readonly acrossNamespaces: boolean;
  /** Of a list. */
  readonly namespace: string;
  /** Where the server's own services are; `--master_service_namespace`. */
  readonly ownNamespace: string;
}

/** What stands for the namespace in links of objects that were read across namespaces. */
const NAMESPACE_PLACEHOLDER = '%7Bnamespaces%7D';

/** Answers as release 0.14 wrote them: JSON indented by two spaces, streams compact, no newline at the end. */
export class LegacyFormat implements ResponseFormat {
  readonly id: string;
  readonly contentType = 'application/json';
  readonly streamContentType = '';
  readonly hasSharedEvents = true;
  readonly frameEnd = NEWLINE;
  readonly #version: LegacyApiVersion;
  readonly #links: LinkStyle;
  readonly #ttlSeconds: number | undefined;

  /** @param ttlSeconds of the resource: its objects show when they expire */
  constructor(version: LegacyApiVersion, links: LinkStyle, ttlSeconds: number | undefined) {
    this.#version = version;
    this.#links = links;
    this.#ttlSeconds = ttlSeconds;
    const { resource, subresource, acrossNamespaces } = links;
    this.id = [version.name, resource.urlName, subresource, acrossNamespaces].join(' ');
  }

  object(_resource: unknown, { object }: EncodableObject): Buffer {
    return indented(this.#encode(object));
  }

  list(_resource: unknown, { items, revision }: ListResult): ListBody {
    const { resource, namespace } = this.#links;
    const selfLink = this.#version.selfLink({ resource, namespace });
    const head = { selfLink, resourceVersion: String(revision) };
    // v1beta1 writes nodes twice, so that their place is not at the end alone.
    if (resource.kind === 'Node' || items.length === 0) {
      const shown = items.map(({ object }) => this.#shown(object));
      return wholeBody(indented(this.#version.encodeList(resource, { ...head, items: shown })));
    }
    const empty = indentJson(encodeJson(this.#version.encodeList(resource, { ...head, items: [] })));
    const texts = mapped(items, ({ object }) => this.#itemText(object));
    return { pieces: textPieces(`${empty.slice(0, -NO_ITEMS.length)}[\n    `, texts, ',\n    ', '\n  ]\n}') };
  }

  /** Only a Status has no kind of its own here. */
  plain(value: object): Buffer {
    return indented(this.#version.encodeStatus(value as Status));
  }

  event(_resource: unknown, type: WatchEventType, { object }: EncodableObject): Buffer {
    const text = rememberedText(object, `event ${this.id}`, () => encodeJson(this.#encode(object)));
    return Buffer.from(`{"type":"${type}","object":${text}}`);
  }

  plainEvent(_resource: unknown, type: 'BOOKMARK' | 'ERROR', object: object): Buffer {
    return Buffer.from(encodeJson({ type, object: this.#version.encodeStatus(object as Status) }));
  }

  #encode(object: KubeObject): Record<string, unknown> {
    return this.#kind.fromInternal(this.#shown(object));
  }

  /** As it stands in a list. */
  #itemText(object: KubeObject): string {
    return rememberedText(object, `item ${this.id}`, () =>
      indentJson(encodeJson(this.#kind.itemFromInternal(this.#shown(object)))).replaceAll('\n', '\n    '),
    );
  }

  get #kind(): LegacyKind {
    const kind = this.#version.kind(this.#links.resource.kind);
    if (kind === undefined) throw new Error(`${this.#version.name} has no kind ${this.#links.resource.kind}`);
    return kind;
  }

  /** The object with its link, and the time when it expires in place of one when it was deleted. */
  #shown(object: KubeObject): KubeObject {
    const { resource, subresource, acrossNamespaces, ownNamespace } = this.#links;
    const { name = '', namespace = '' } = object.metadata;
    const selfLink = this.#version.selfLink({
      resource,
      namespace: acrossNamespaces ? NAMESPACE_PLACEHOLDER : namespace,
      name,
      ...(subresource === '' ? {} : { subresource }),
    });
    const deletionTimestamp = this.#expiry(object) ?? object.metadata.deletionTimestamp;
    const metadata = {
      ...object.metadata,
      selfLink,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    };
    const shown = { ...object, metadata };
    return resource.kind === 'Endpoints' ? withOwnPortUnnamed(shown, ownNamespace) : shown;
  }

  #expiry({ metadata }: KubeObject): string | undefined {
    if (this.#ttlSeconds === undefined || typeof metadata.creationTimestamp !== 'string') return undefined;
    return formatTime(Date.parse(metadata.creationTimestamp) + this.#ttlSeconds * 1000);
  }
}

const NEWLINE = Buffer.from('\n');

/** How the text of an empty list ends. */
const NO_ITEMS = '[]\n}';

/** Texts of stored objects, which never change, for as long as they are stored. */
const texts = new WeakMap<KubeObject, Map<string, string>>();

function rememberedText(object: KubeObject, key: string, make: () => string): string {
  let known = texts.get(object);
  if (known === undefined) texts.set(object, (known = new Map<string, string>()));
  let text = known.get(key);
  if (text === undefined) known.set(key, (text = make()));
  return text;
}

function indented(value: object): Buffer {
  return Buffer.from(indentJson(encodeJson(value)));
}
