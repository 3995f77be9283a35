import type { SchemaRegistry } from '@kubernetes-mesos/api-types';
import type { DiscoveredVersion } from '../discovery/resource-list';
import { META_V1, SchemaWriter, type Dialect, type GroupVersionKind, type JsonSchema } from './json-schema';

export const STATUS = `${META_V1}.Status`;
export const DELETE_OPTIONS = `${META_V1}.DeleteOptions`;

/**
 * The named types of one document: those that were referred to, and all that these refer to. What is referred to while
 * paths are written is added by itself.
 */
export class Definitions {
  readonly writer: SchemaWriter;
  readonly #schemas: SchemaRegistry;
  readonly #kinds: ReadonlyMap<string, readonly GroupVersionKind[]>;
  readonly #wanted = new Set<string>();

  constructor(schemas: SchemaRegistry, dialect: Dialect, versions: readonly DiscoveredVersion[]) {
    this.#schemas = schemas;
    this.#kinds = kindsBySchema(schemas, versions);
    this.writer = new SchemaWriter(dialect, (name) => this.#wanted.add(name));
  }

  /** Refers to the type of a kind, or of its list; `undefined` where the registry has none. */
  kind(kind: GroupVersionKind): JsonSchema | undefined {
    const name = schemaNameOf(kind);
    return this.#schemas.find(name) === undefined ? undefined : this.writer.reference(name);
  }

  /** Everything referred to so far, sorted by name. */
  collect(): Record<string, JsonSchema> {
    const written = new Map<string, JsonSchema>();
    // Types that are added while others are written are visited too.
    for (const name of this.#wanted) {
      const schema =
        this.writer.valueType(name) ?? this.writer.type(this.#schemas.get(name), this.#kinds.get(name) ?? []);
      written.set(name, schema);
    }
    return Object.fromEntries([...written].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** `io.k8s.api.core.v1.Pod`: the registry's name of a kind. */
function schemaNameOf({ group, version, kind }: GroupVersionKind): string {
  const [short = ''] = group === '' ? ['core'] : group.split('.');
  return `io.k8s.api.${short}.${version}.${kind}`;
}

/** Which kinds a client may look up by group, version and kind, by the name of their type. */
function kindsBySchema(
  schemas: SchemaRegistry,
  versions: readonly DiscoveredVersion[],
): Map<string, readonly GroupVersionKind[]> {
  const found = new Map<string, readonly GroupVersionKind[]>();
  for (const { group, version, resources } of versions) {
    for (const resource of resources) {
      const own = { group: resource.group ?? group, version: resource.version ?? version };
      for (const kind of [resource.kind, `${resource.kind}List`]) {
        const named = { group: own.group, kind, version: own.version };
        const name = schemaNameOf(named);
        if (schemas.find(name) !== undefined) found.set(name, [named]);
      }
    }
  }
  const groupVersions = versions.map(({ group, version }) => ({ group, version }));
  found.set(
    DELETE_OPTIONS,
    groupVersions.map(({ group, version }) => ({ group, kind: 'DeleteOptions', version })),
  );
  found.set(STATUS, [{ group: '', kind: 'Status', version: 'v1' }]);
  return found;
}
