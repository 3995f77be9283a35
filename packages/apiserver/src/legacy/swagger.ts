import {
  LEGACY_VERSIONS,
  type LegacyApiVersion,
  type LegacyResource,
  type SchemaRegistry,
} from '@kubernetes-mesos/api-types';
import type { ColdExtension } from '../cold/cold-app';
import { redirect } from '../http/redirect';
import type { DiscoveredResource, DiscoveredVersion } from '../discovery/resource-list';
import { swaggerModels } from './swagger-models';
import { JSON_ONLY, swaggerPaths, type SwaggerResource, type SwaggerVersion } from './swagger-paths';
import { schemaModels, schemaOfKind } from './swagger-schemas';

const VERSIONS = 'get available API versions';
const CODE_VERSION = 'git code version from which this is built';
const VERBS = ['list', 'create', 'get', 'update', 'patch', 'delete'];

/**
 * `/swaggerapi/`: the older versions described in swagger 1.2, as tools of their time read it. v1 is described as well,
 * for kubectl up to 1.4, which checks manifests against `/swaggerapi/api/v1`; the listing is release 0.14's.
 * @param basePath where the API is, `https://10.0.0.1:6443`; asked at each request
 */
export function swaggerExtension(basePath: () => string, schemas: SchemaRegistry): ColdExtension {
  const versions = Object.values(LEGACY_VERSIONS);
  const head = (resourcePath: string): object => ({
    swaggerVersion: '1.2',
    apiVersion: '',
    basePath: basePath(),
    resourcePath,
  });
  return {
    paths: ['/swaggerapi/'],
    add: (app, described) => {
      const serve = (path: string, body: () => object): void => {
        app.get(path, (_request, response) => {
          response.setHeader('Content-Type', 'application/json');
          response.end(JSON.stringify(body(), null, 2));
        });
      };
      app.get('/swaggerapi', (request, response, next) => {
        if (request.path === '/swaggerapi') redirect(response, request.method, 301, '/swaggerapi/');
        else next();
      });
      serve('/swaggerapi/', () => listing(versions));
      serve('/swaggerapi/version', () => ({
        ...head('/version'),
        apis: [plainApi('/version', CODE_VERSION, 'get the code version', 'getCodeVersion')],
      }));
      serve('/swaggerapi/api', () => ({
        ...head('/api'),
        apis: [plainApi('/api', VERSIONS, VERSIONS, 'getAPIVersions')],
      }));
      for (const version of versions) {
        serve(`/swaggerapi/api/${version.name}`, () => ({
          ...head(`/api/${version.name}`),
          apis: version.resources.flatMap((resource) =>
            swaggerPaths(placesOf(version), describedOf(version, resource)),
          ),
          models: swaggerModels(version.kinds.map(({ shape }) => shape)),
        }));
      }
      const v1 = described.find(({ group, version }) => group === '' && version === 'v1');
      if (v1 !== undefined) serve('/swaggerapi/api/v1', () => ({ ...head('/api/v1'), ...describeV1(v1, schemas) }));
    },
  };
}

function listing(versions: readonly LegacyApiVersion[]): object {
  return {
    swaggerVersion: '1.2',
    apis: [
      { path: '/api', description: VERSIONS },
      ...versions.map(({ name }) => ({ path: `/api/${name}`, description: `API at /api/${name} version ${name}` })),
      { path: '/version', description: CODE_VERSION },
    ],
    apiVersion: '',
    info: { title: '', description: '' },
  };
}

function plainApi(path: string, description: string, summary: string, nickname: string): object {
  return {
    path,
    description,
    operations: [{ type: 'void', method: 'GET', summary, nickname, parameters: [], ...JSON_ONLY }],
  };
}

function placesOf({ name, layout, parameters }: LegacyApiVersion): SwaggerVersion {
  return {
    name,
    namespace:
      layout === 'flat' ? { paramType: 'query', name: 'namespace' } : { paramType: 'path', name: 'namespaces' },
    selectors: Object.values(parameters),
  };
}

/** Bindings can only be made. */
function describedOf(version: LegacyApiVersion, { kind, urlName, namespaced }: LegacyResource): SwaggerResource {
  const type = version.kind(kind)?.shape.name ?? kind;
  return { name: urlName, kind, type, namespaced, verbs: kind === 'Binding' ? ['create'] : VERBS };
}

const V1: SwaggerVersion = {
  name: 'v1',
  namespace: { paramType: 'path', name: 'namespace' },
  selectors: ['labelSelector', 'fieldSelector'],
};

function describeV1({ resources }: DiscoveredVersion, schemas: SchemaRegistry): object {
  const whole = resources.filter(({ name }) => !name.includes('/'));
  const toResource = ({ name, kind, namespaced, verbs }: DiscoveredResource): SwaggerResource => ({
    name,
    kind,
    namespaced,
    verbs,
    type: `v1.${kind}`,
  });
  const kinds = whole.flatMap(({ kind }) => [kind, `${kind}List`]);
  return {
    apis: whole.flatMap((resource) => swaggerPaths(V1, toResource(resource))),
    models: schemaModels(
      kinds.flatMap((kind) => schemaOfKind(schemas, kind) ?? []),
      schemas,
    ),
  };
}
