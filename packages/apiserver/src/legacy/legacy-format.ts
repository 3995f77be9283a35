import type { KubeObject, LegacyApiVersion, LegacyResource, Status } from '@kubernetes-mesos/api-types';
import { formatTime } from '@kubernetes-mesos/api-types';
import type { EncodableObject } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';
import { wholeBody, type ListBody, type ResponseFormat, type WatchEventType } from '../formats/format';
import { encodeJson, indentJson } from '../formats/json-text';

/** What the selfLinks of one request's answers are made of. */
export interface LinkStyle {
  readonly resource: LegacyResource;
  readonly subresource: string;
  /** A v1beta3 list or watch over all namespaces: its items' links have a placeholder where the namespace belongs. */
  readonly acrossNamespaces: boolean;
  /** Of a list. */
  readonly namespace: string;
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

  list(_resource: unknown, list: ListResult): ListBody {
    const { resource, namespace } = this.#links;
    const items = list.items.map(({ object }) => this.#shown(object));
    const selfLink = this.#version.selfLink({ resource, namespace });
    const body = this.#version.encodeList(resource, { items, selfLink, resourceVersion: String(list.revision) });
    return wholeBody(indented(body));
  }

  /** Only a Status has no kind of its own here. */
  plain(value: object): Buffer {
    return indented(this.#version.encodeStatus(value as Status));
  }

  event(_resource: unknown, type: WatchEventType, { object }: EncodableObject): Buffer {
    return Buffer.from(encodeJson({ type, object: this.#encode(object) }));
  }

  plainEvent(_resource: unknown, type: 'BOOKMARK' | 'ERROR', object: object): Buffer {
    return Buffer.from(encodeJson({ type, object: this.#version.encodeStatus(object as Status) }));
  }

  #encode(object: KubeObject): Record<string, unknown> {
    const kind = this.#version.kind(this.#links.resource.kind);
    if (kind === undefined) throw new Error(`${this.#version.name} has no kind ${this.#links.resource.kind}`);
    return kind.fromInternal(this.#shown(object));
  }

  /** The object with its link, and the time when it expires in place of one when it was deleted. */
  #shown(object: KubeObject): KubeObject {
    const { resource, subresource, acrossNamespaces } = this.#links;
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
    return { ...object, metadata };
  }

  #expiry({ metadata }: KubeObject): string | undefined {
    if (this.#ttlSeconds === undefined || typeof metadata.creationTimestamp !== 'string') return undefined;
    return formatTime(Date.parse(metadata.creationTimestamp) + this.#ttlSeconds * 1000);
  }
}

const NEWLINE = Buffer.from('\n');

function indented(value: object): Buffer {
  return Buffer.from(indentJson(encodeJson(value)));
}
