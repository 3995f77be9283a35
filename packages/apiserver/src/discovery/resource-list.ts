/** One line of an APIResourceList. */
export interface DiscoveredResource {
  /** `pods`, `pods/status` */
  readonly name: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Given where they are not those of the list. */
  readonly group?: string;
  readonly version?: string;
}

/** A group and version with what it serves. */
export interface DiscoveredVersion {
  /** `''` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resources: readonly DiscoveredResource[];
}

/** The answer to `/api/v1`: what can be asked of each resource. Members are in the order of upstream's. */
export function resourceList(groupVersion: string, resources: readonly DiscoveredResource[]): object {
  const sorted = [...resources].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return {
    kind: 'APIResourceList',
    // Upstream leaves the apiVersion out of the core group's list only.
    ...(groupVersion.includes('/') ? { apiVersion: 'v1' } : {}),
    groupVersion,
    resources: sorted.map(({ name, namespaced, kind, verbs, shortNames = [], categories = [], group, version }) => ({
      name,
      singularName: '',
      namespaced,
      ...(group === undefined ? {} : { group }),
      ...(version === undefined ? {} : { version }),
      kind,
      verbs,
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
    })),
  };
}
