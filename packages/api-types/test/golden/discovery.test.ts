import { CORE_V1_RESOURCES } from '../../src';
import { readSuite } from './recordings';

interface RecordedResource {
  readonly name: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

const recorded = readSuite('discovery-1.20')
  .flatMap(({ cases }) => cases)
  .find(({ request, response }) => request.path === '/api/v1' && response.body !== undefined);

/** The definitions as discovery lists them. */
function listed(): RecordedResource[] {
  return CORE_V1_RESOURCES.flatMap(({ names, scope, verbs, subresources }) => [
    {
      name: names.plural,
      namespaced: scope === 'Namespaced',
      kind: names.kind,
      verbs,
      ...(names.shortNames.length === 0 ? {} : { shortNames: names.shortNames }),
      ...(names.categories.length === 0 ? {} : { categories: names.categories }),
    },
    ...subresources.map((subresource) => ({
      name: `${names.plural}/${subresource.name}`,
      namespaced: scope === 'Namespaced',
      kind: subresource.kind,
      ...subresource.groupVersion,
      verbs: subresource.verbs,
    })),
  ]);
}

// Skipped where the recordings are absent.
(recorded === undefined ? test.skip : test)('the core group is listed as kube-apiserver v1.20.2 lists it', () => {
  const { resources } = recorded?.response.body as { readonly resources: readonly RecordedResource[] };
  const wanted = resources.map((resource) => {
    const copy: Record<string, unknown> = { ...resource };
    delete copy['singularName'];
    delete copy['storageVersionHash'];
    return copy;
  });
  expect(listed()).toEqual(wanted);
});
