import type { LegacyApiVersion, LegacyList } from './legacy-api-version';
import type { LegacyKind } from './legacy-kind';
import { mergeUnrepresentable } from './merge-unrepresentable';
import type { LegacyResource } from './resources';
import { selectableFields } from './selectable-fields';

export interface VersionDeclaration extends Omit<
  LegacyApiVersion,
  | 'encodeList'
  | 'kind'
  | 'kindNamed'
  | 'knowsKind'
  | 'mergeUnrepresentable'
  | 'resource'
  | 'resourceOf'
  | 'selectableFields'
> {
  encodeList(resource: LegacyResource, kind: LegacyKind, list: LegacyList): Record<string, unknown>;
}

/** Kinds that every older version registered and that are no resource here. */
const OTHER_KINDS = ['DeleteOptions', 'List', 'Status'];

export function defineVersion({ kinds, ...declaration }: VersionDeclaration): LegacyApiVersion {
  const byKind = new Map(kinds.map((kind) => [kind.kind, kind]));
  const byName = new Map(kinds.flatMap((kind) => kind.names.map((name) => [name, kind] as const)));
  const byUrlName = new Map(declaration.resources.map((resource) => [resource.urlName, resource]));
  const known = new Set([
    ...byName.keys(),
    ...declaration.resources.map(({ listKind }) => listKind),
    ...declaration.resources.map(({ kind }) => `${kind}List`),
    ...OTHER_KINDS,
  ]);
  return {
    ...declaration,
    kinds,
    resource: (urlName) => byUrlName.get(urlName),
    resourceOf: (plural) => declaration.resources.find((resource) => resource.plural === plural),
    kind: (kind) => byKind.get(kind),
    kindNamed: (name) => byName.get(name),
    knowsKind: (name) => known.has(name),
    selectableFields: (kind) => selectableFields(declaration.name, kind),
    mergeUnrepresentable: (old, updated) => {
      const kind = byKind.get(updated.kind ?? '');
      return kind === undefined ? updated : mergeUnrepresentable(kind, old, updated);
    },
    encodeList: (resource, list) => {
      const kind = byKind.get(resource.kind);
      if (kind === undefined) throw new Error(`${declaration.name} has no kind ${resource.kind}`);
      return declaration.encodeList(resource, kind, list);
    },
  };
}
