import { CORE_V1_RESOURCES } from '@kubernetes-mesos/api-types';
import type { DiscoveredVersion } from '../../src/discovery/resource-list';

/** The core group as it is declared, and a group of reviews. */
export const VERSIONS: readonly DiscoveredVersion[] = [
  {
    group: '',
    version: 'v1',
    resources: CORE_V1_RESOURCES.flatMap(({ names, scope, verbs, subresources }) => [
      { name: names.plural, namespaced: scope === 'Namespaced', kind: names.kind, verbs },
      ...subresources.map(({ name, kind, groupVersion, verbs: partVerbs }) => ({
        name: `${names.plural}/${name}`,
        namespaced: scope === 'Namespaced',
        kind,
        verbs: partVerbs,
        ...groupVersion,
      })),
    ]),
  },
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    resources: [{ name: 'tokenreviews', namespaced: false, kind: 'TokenReview', verbs: ['create'] }],
  },
];
