import { LEGACY_VERSIONS } from '@kubernetes-mesos/api-types';
import type { TestServer } from '../support/server';

/** A path of the API that something is served at; `{name}` stands for a name, `{namespace}` for a namespace. */
export interface Endpoint {
  readonly template: string;
  /** What bodies sent there are of; `''` outside resources. */
  readonly kind: string;
  readonly apiVersion: string;
  /** Methods that mean something there. */
  readonly methods: readonly string[];
}

interface Discovered {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const PAGES = ['/', '/api', '/apis', '/version', '/healthz', '/healthz/ping', '/livez', '/readyz', '/metrics', '/validate', '/ui/', '/logs/', '/openapi/v2', '/openapi/v3', '/swagger.json', '/swaggerapi', '/swaggerapi/api/v1beta1', '/nope']; // prettier-ignore

/** Every endpoint that the server tells of, those of the old versions, and pages. */
export async function endpointsOf(server: TestServer): Promise<Endpoint[]> {
  const endpoints: Endpoint[] = PAGES.map((template) => ({ template, kind: '', apiVersion: '', methods: ['GET'] }));
  for (const groupVersion of await groupVersions(server)) {
    const prefix = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
    endpoints.push({ template: prefix, kind: '', apiVersion: groupVersion, methods: ['GET'] });
    if (groupVersion.startsWith('v1beta')) continue;
    const { body } = await server.call('GET', prefix);
    for (const resource of body.resources as Discovered[]) {
      for (const template of templatesOf(prefix, resource)) {
        const isAcross = resource.namespaced && !template.includes('{namespace}');
        const methods = isAcross ? ['GET'] : methodsOf(template, resource.verbs);
        endpoints.push({ template, kind: resource.kind, apiVersion: groupVersion, methods });
      }
    }
  }
  return [...endpoints, ...legacyEndpoints()];
}

async function groupVersions(server: TestServer): Promise<string[]> {
  const core = (await server.call('GET', '/api')).body.versions as string[];
  const { groups } = (await server.call('GET', '/apis')).body as {
    groups: { versions: { groupVersion: string }[] }[];
  };
  return [...core, ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion))];
}

function templatesOf(prefix: string, { name, namespaced }: Discovered): string[] {
  const [plural = '', subresource] = name.split('/');
  const inside = namespaced ? `${prefix}/namespaces/{namespace}/${plural}` : `${prefix}/${plural}`;
  if (subresource !== undefined) {
    const item = `${inside}/{name}/${subresource}`;
    return subresource === 'proxy' ? [item, `${item}/{name}`] : [item];
  }
  const collections = namespaced ? [inside, `${prefix}/${plural}`] : [inside];
  return [...collections, `${inside}/{name}`, ...collections.map((path) => path.replace(prefix, `${prefix}/watch`))];
}

function legacyEndpoints(): Endpoint[] {
  return Object.values(LEGACY_VERSIONS).flatMap((version) =>
    version.resources.flatMap(({ urlName, kind, namespaced }) => {
      const prefix = `/api/${version.name}`;
      const collection =
        version.layout === 'flat' || !namespaced ? `/${urlName}` : `/namespaces/{namespace}/${urlName}`;
      const item = `${collection}/{name}`;
      const paths = [collection, item, `${item}/status`, `${item}/binding`, `/watch${collection}`, `/watch${item}`];
      return [...paths, `/redirect${item}`, `/proxy${item}/{name}`].map((path) => ({
        template: prefix + path,
        kind,
        apiVersion: version.name,
        methods: legacyMethods(path),
      }));
    }),
  );
}

function legacyMethods(path: string): string[] {
  if (/^\/(watch|redirect)/.test(path)) return ['GET'];
  if (path.endsWith('/status')) return ['PUT'];
  if (path.endsWith('/binding')) return ['POST'];
  return path.endsWith('{name}') ? ['GET', 'PUT', 'PATCH', 'DELETE'] : ['GET', 'POST'];
}

const METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

/** Methods of an item for an item, those of a collection for a collection, GET for a watch. */
function methodsOf(template: string, verbs: readonly string[]): string[] {
  if (template.includes('/watch/')) return ['GET'];
  const isItem = template.includes('{name}');
  const isSubresource = /\{name\}\/./.test(template);
  const here = verbs.filter((verb) => {
    if (isSubresource) return true;
    return isItem ? !COLLECTION_VERBS.has(verb) : COLLECTION_VERBS.has(verb);
  });
  return [...new Set(here.map((verb) => METHODS[verb] ?? 'GET')), 'GET'];
}

const COLLECTION_VERBS: ReadonlySet<string> = new Set(['list', 'create', 'deletecollection', 'watch']);
