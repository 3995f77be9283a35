import type { LegacyList } from '../legacy-api-version';
import type { LegacyKind } from '../legacy-kind';
import type { LegacyResource } from '../resources';
import { encode } from '../shape/encode';
import { any, list, opt, struct } from '../shape/shape';
import { META, resourceVersionNumber, type FlatDialect } from './meta';

const LIST = struct('v1beta1.List', { ...META, minions: opt(list(any)), items: list(any) });

/** v1beta1 writes nodes twice. */
export function encodeList(
  resource: LegacyResource,
  kind: LegacyKind,
  { items, selfLink, resourceVersion }: LegacyList,
  { apiVersion, aliases }: FlatDialect,
): Record<string, unknown> {
  const encoded = items.map((item) => kind.itemFromInternal(item));
  return encode(LIST, {
    kind: resource.listKind,
    selfLink,
    resourceVersion: resourceVersionNumber(resourceVersion),
    apiVersion,
    minions: aliases && resource.kind === 'Node' ? encoded : null,
    items: encoded,
  });
}
