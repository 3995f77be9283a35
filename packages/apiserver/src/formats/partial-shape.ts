import { notAcceptable } from '@kubernetes-mesos/api-types';
import type { EncodableObject, DescribedResource } from '../endpoints/served-resource';
import { revisionText } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';
import type { ListText, ShapeWriter } from './text-format';
import { encodeJson } from './json-text';

export type PartialKind = 'PartialObjectMetadata' | 'PartialObjectMetadataList';

/** Writes an object's metadata as JSON. */
export type MetadataWriter = (object: EncodableObject['object']) => string;

/** Metadata only: `PartialObjectMetadata` for one object, `PartialObjectMetadataList` for many. */
export class PartialShape implements ShapeWriter {
  readonly id: string;
  readonly hasSharedEvents = true;
  readonly #apiVersion: string;

  constructor(
    private readonly as: PartialKind,
    version: string,
    private readonly writeMetadata: MetadataWriter,
  ) {
    this.#apiVersion = `meta.k8s.io/${version}`;
    this.id = `${as}/${version}`;
  }

  object(_resource: DescribedResource, object: EncodableObject): string {
    requireShapeOfObject(this.as);
    return this.#one(object);
  }

  list(resource: DescribedResource, list: ListResult): ListText {
    requireShapeOfList(this.as, resource);
    return {
      head: {
        kind: '"PartialObjectMetadataList"',
        apiVersion: `"${this.#apiVersion}"`,
        metadata: listMetadata(list, false),
      },
      itemsName: 'items',
      items: list.items.map((item) => () => this.#one(item)),
      none: 'null',
    };
  }

  event(_resource: DescribedResource, object: EncodableObject): string {
    return this.#one(object);
  }

  #one({ object }: EncodableObject): string {
    return `{"kind":"PartialObjectMetadata","apiVersion":"${this.#apiVersion}","metadata":${this.writeMetadata(object)}}`;
  }
}

/** @throws StatusError 406 */
export function requireShapeOfObject(as: PartialKind): void {
  if (as === 'PartialObjectMetadata') return;
  throw notAcceptable('you requested PartialObjectMetadataList, but the requested object is not a list');
}

/** @throws StatusError 406 */
export function requireShapeOfList(as: PartialKind, resource: DescribedResource): void {
  if (as === 'PartialObjectMetadataList') return;
  const { listKind } = resource.definition.names;
  throw notAcceptable(`you requested PartialObjectMetadata, but the requested object is a list (*core.${listKind})`);
}

/** @param counts whether `remainingItemCount` is told */
export function listMetadata(list: ListResult, counts = true): string {
  return encodeJson({
    resourceVersion: revisionText(list.revision),
    ...(list.continueToken === undefined ? {} : { continue: list.continueToken }),
    ...(list.remainingItemCount === undefined || !counts ? {} : { remainingItemCount: list.remainingItemCount }),
  });
}
