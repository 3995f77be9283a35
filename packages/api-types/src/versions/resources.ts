/** The resources of release 0.14 and what its URLs, lists and errors call them. */
export interface LegacyResource {
  /** In URLs of this version; case counts. */
  readonly urlName: string;
  /** Today's name: that of the resource inside. */
  readonly plural: string;
  /** The kind inside. */
  readonly kind: string;
  readonly listKind: string;
  readonly namespaced: boolean;
  /** What errors of the store (not found, exists already, conflict) call the kind. */
  readonly storeKind: string;
  /** What errors of validation call it. */
  readonly invalidKind: string;
}

interface ResourceNames {
  readonly kind: string;
  readonly plural: string;
  /** In v1beta1 and v1beta2, where it differs from the plural. */
  readonly flat?: readonly string[];
  readonly flatListKind?: string;
  readonly namespaced?: false;
  readonly storeKind?: string;
  readonly invalidKind?: string;
}

const NAMES: readonly ResourceNames[] = [
  { kind: 'Binding', plural: 'bindings', storeKind: 'binding', invalidKind: 'binding' },
  { kind: 'Endpoints', plural: 'endpoints' },
  { kind: 'Event', plural: 'events', invalidKind: 'event' },
  { kind: 'LimitRange', plural: 'limitranges', flat: ['limitRanges'], invalidKind: 'limitRange' },
  { kind: 'Namespace', plural: 'namespaces', namespaced: false },
  {
    kind: 'Node',
    plural: 'nodes',
    flat: ['minions', 'nodes'],
    flatListKind: 'MinionList',
    namespaced: false,
    storeKind: 'minion',
  },
  { kind: 'Pod', plural: 'pods' },
  {
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    flat: ['replicationControllers'],
    storeKind: 'replicationControllers',
  },
  { kind: 'ResourceQuota', plural: 'resourcequotas', flat: ['resourceQuotas'] },
  { kind: 'Secret', plural: 'secrets', invalidKind: 'secret' },
  { kind: 'Service', plural: 'services', storeKind: 'service' },
];

export const FLAT_RESOURCES = NAMES.flatMap(({ flat, ...names }) =>
  (flat ?? [names.plural]).map((urlName) => resourceOf(names, urlName, names.flatListKind)),
);

export const PATH_RESOURCES = NAMES.map((names) => resourceOf(names, names.plural, undefined));

function resourceOf(names: ResourceNames, urlName: string, listKind: string | undefined): LegacyResource {
  return {
    urlName,
    plural: names.plural,
    kind: names.kind,
    listKind: listKind ?? `${names.kind}List`,
    namespaced: names.namespaced ?? true,
    storeKind: names.storeKind ?? names.plural,
    invalidKind: names.invalidKind ?? names.kind,
  };
}
