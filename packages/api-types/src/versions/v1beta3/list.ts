import type { LegacyList } from '../legacy-api-version';
import type { LegacyKind } from '../legacy-kind';
import type { LegacyResource } from '../resources';
import { encode } from '../shape/encode';
import { any, list, struct } from '../shape/shape';
import { API_VERSION, LIST_META, TYPE_META } from './meta';

const LIST = struct('v1beta3.List', { ...TYPE_META, metadata: LIST_META, items: list(any) });

export function encodeList(
  resource: LegacyResource,
  kind: LegacyKind,
  { items, selfLink, resourceVersion }: LegacyList,
): Record<string, unknown> {
  return encode(LIST, {
    kind: resource.listKind,
    apiVersion: API_VERSION,
    metadata: { selfLink, resourceVersion },
    items: items.map((item) => kind.itemFromInternal(item)),
  });
}
