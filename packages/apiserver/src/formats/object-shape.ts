import type { EncodableObject, DescribedResource } from '../endpoints/served-resource';
import type { ListResult } from '../endpoints/list';
import { listHead } from './stored-json';
import type { ShapeWriter } from './text-format';

/** The object as it is, for the styles that are not the stored bytes. */
export class ObjectShape implements ShapeWriter {
  readonly id = 'object';
  readonly hasSharedEvents = true;

  constructor(private readonly encode: (resource: DescribedResource, object: EncodableObject) => Buffer) {}

  object(resource: DescribedResource, object: EncodableObject): string {
    return (object.bytes ?? this.encode(resource, object)).toString('utf8');
  }

  list(resource: DescribedResource, list: ListResult): string {
    const skipped = resource.typePrefix.length;
    return `${listHead(resource, list)}${list.items.map(({ bytes }) => `{${bytes.toString('utf8', skipped)}`).join(',')}]}`;
  }

  event(resource: DescribedResource, object: EncodableObject): string {
    return this.object(resource, object);
  }
}
