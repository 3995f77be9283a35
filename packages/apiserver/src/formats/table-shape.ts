import { badRequest } from '@kubernetes-mesos/api-types';
import type { EncodableObject, DescribedResource } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';
import { encodeJson } from './json-text';
import { listMetadata, type MetadataWriter } from './partial-shape';
import { openObject, type ListText, type ShapeWriter } from './text-format';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** What a row carries of its object. */
export interface TableOptions {
  readonly version: 'v1' | 'v1beta1';
  readonly includeObject: IncludeObject;
}

/** Reads `includeObject`. @throws StatusError 400 */
export function includeObjectParameter(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') ?? '';
  switch (value) {
    case '':
    case 'Metadata':
      return 'Metadata';
    case 'None':
    case 'Object':
      return value;
    default:
      throw badRequest(
        `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: ` +
          "must be 'Metadata', 'Object', 'None', or empty",
      );
  }
}

/** Columns and rows, as `kubectl get` prints them. */
export class TableShape implements ShapeWriter {
  readonly id: string;
  /** Only the first event of a stream carries the columns. */
  readonly hasSharedEvents = false;
  readonly #apiVersion: string;

  constructor(
    private readonly options: TableOptions,
    private readonly writeObject: (resource: DescribedResource, object: EncodableObject) => Buffer,
    private readonly writeMetadata: MetadataWriter,
    private readonly nowMs: () => number,
  ) {
    this.#apiVersion = `meta.k8s.io/${options.version}`;
    this.id = `Table/${options.version}/${options.includeObject}`;
  }

  object(resource: DescribedResource, object: EncodableObject): string {
    return this.event(resource, object, true);
  }

  list(resource: DescribedResource, list: ListResult): ListText {
    const nowMs = this.nowMs();
    return {
      head: this.#head(resource, listMetadata(list), true),
      itemsName: 'rows',
      items: list.items.map((item) => () => this.#row(resource, item, nowMs)),
      none: '[]',
    };
  }

  event(resource: DescribedResource, object: EncodableObject, isFirst: boolean): string {
    const { resourceVersion } = object.object.metadata;
    const head = this.#head(resource, encodeJson({ resourceVersion }), isFirst);
    return `${openObject(head)}"rows":[${this.#row(resource, object, this.nowMs())}]}`;
  }

  #head(resource: DescribedResource, metadata: string, withColumns: boolean): ListText['head'] {
    const { columns } = resource.definition.table;
    return {
      kind: '"Table"',
      apiVersion: `"${this.#apiVersion}"`,
      metadata,
      columnDefinitions: withColumns
        ? encodeJson(
            columns.map(({ name, type, format, description, priority }) => ({
              name,
              type,
              format,
              description,
              priority,
            })),
          )
        : 'null',
    };
  }

  #row(resource: DescribedResource, object: EncodableObject, nowMs: number): string {
    const cells = encodeJson(resource.definition.table.cells(object.object, nowMs));
    const conditions = resource.definition.table.conditions?.(object.object) ?? [];
    const more = conditions.length === 0 ? '' : `"conditions":${encodeJson(conditions)},`;
    return `{"cells":${cells},${more}"object":${this.#rowObject(resource, object)}}`;
  }

  #rowObject(resource: DescribedResource, object: EncodableObject): string {
    switch (this.options.includeObject) {
      case 'None':
        return 'null';
      case 'Object':
        return (object.bytes ?? this.writeObject(resource, object)).toString('utf8');
      case 'Metadata':
        return (
          `{"kind":"PartialObjectMetadata","apiVersion":"${this.#apiVersion}",` +
          `"metadata":${this.writeMetadata(object.object)}}`
        );
    }
  }
}
