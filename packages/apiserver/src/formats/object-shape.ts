import type { EncodableObject, DescribedResource } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';
import { encodeJson } from './json-text';
import { listMetadata } from './partial-shape';
import type { ListText, ShapeWriter } from './text-format';

/** The object as it is, for the styles that are not the stored bytes. */
export class ObjectShape implements ShapeWriter {
  readonly id = 'object';
  readonly hasSharedEvents = true;

  constructor(private readonly encode: (resource: DescribedResource, object: EncodableObject) => Buffer) {}

  object(resource: DescribedResource, object: EncodableObject): string {
    return (object.bytes ?? this.encode(resource, object)).toString('utf8');
  }

  list(resource: DescribedResource, list: ListResult): ListText {
    const { names } = resource.definition;
    const skipped = resource.typePrefix.length;
    return {
      head: {
        kind: encodeJson(names.listKind),
        apiVersion: encodeJson(resource.apiVersion),
        metadata: listMetadata(list),
      },
      itemsName: 'items',
      items: list.items.map(
        ({ bytes }) =>
          () =>
            `{${bytes.toString('utf8', skipped)}`,
      ),
      none: '[]',
    };
  }

  event(resource: DescribedResource, object: EncodableObject): string {
    return this.object(resource, object);
  }
}
