import { LEGACY_VERSIONS, type LegacyApiVersion, type LegacyResource } from '@kubernetes-mesos/api-types';
import type { ColdExtension } from '../cold/cold-app';
import { swaggerModels } from './swagger-models';

const VERSIONS = 'get available API versions';
const CODE_VERSION = 'git code version from which this is built';
const JSON_ONLY = { produces: ['application/json'], consumes: ['application/json'] };

/**
 * `/swaggerapi/`: the older versions described in swagger 1.2, as tools of their time read it.
 * @param basePath where the API is, `https://10.0.0.1:6443`; asked at each request
 */
export function swaggerExtension(basePath: () => string): ColdExtension {
  const versions = Object.values(LEGACY_VERSIONS);
  const head = (resourcePath: string): object => ({
    swaggerVersion: '1.2',
    apiVersion: '',
    basePath: basePath(),
    resourcePath,
  });
  return {
    paths: ['/swaggerapi/'],
    add: (app) => {
      const serve = (path: string, body: () => object): void => {
        app.get(path, (_request, response) => {
          response.setHeader('Content-Type', 'application/json');
          response.end(JSON.stringify(body(), null, 2));
        });
      };
      app.get('/swaggerapi', (request, response, next) => {
        if (request.path === '/swaggerapi') response.status(301).location('/swaggerapi/').type('html').end();
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
          apis: version.resources.flatMap((resource) => apisOf(version, resource)),
          models: swaggerModels(version.kinds.map(({ shape }) => shape)),
        }));
      }
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

/** The collection and the items of a resource. Bindings can only be made. */
function apisOf(version: LegacyApiVersion, resource: LegacyResource): object[] {
  const { kind, urlName, namespaced } = resource;
  const type = version.kind(kind)?.shape.name ?? kind;
  const scope = version.layout === 'path' && namespaced ? '/namespaces/{namespaces}' : '';
  const path = `/api/${version.name}${scope}/${urlName}`;
  const description = `API at /api/${version.name} version ${version.name}`;
  const operation = (method: string, verb: string, body: boolean, parameters: readonly object[]): object => ({
    type,
    method,
    summary: `${verb} ${kind === 'Endpoints' ? 'endpoints' : `a ${kind}`}`,
    nickname: `${verb.split(' ')[0] ?? ''}${kind}`,
    parameters: [
      ...parameters,
      ...(namespaced ? [namespaceParameter(version)] : []),
      ...(body ? [{ type, paramType: 'body', name: 'body', required: true }] : []),
    ],
    ...JSON_ONLY,
  });
  const create = operation('POST', 'create', true, []);
  if (kind === 'Binding') return [{ path, description, operations: [create] }];
  const name = { type: 'string', paramType: 'path', name: 'name', description: `name of the ${kind}`, required: true };
  const selectors = Object.values(version.parameters).map((parameter: string) => ({
    type: 'string',
    paramType: 'query',
    name: parameter,
    required: false,
  }));
  return [
    { path, description, operations: [operation('GET', 'list objects of kind', false, selectors), create] },
    {
      path: `${path}/{name}`,
      description,
      operations: [
        operation('GET', 'read the specified', false, [name]),
        operation('PUT', 'update the specified', true, [name]),
        operation('PATCH', 'partially update the specified', true, [name]),
        operation('DELETE', 'delete', false, [name]),
      ],
    },
  ];
}

function namespaceParameter({ layout }: LegacyApiVersion): object {
  return {
    type: 'string',
    paramType: layout === 'flat' ? 'query' : 'path',
    name: layout === 'flat' ? 'namespace' : 'namespaces',
    description: 'object name and auth scope, such as for teams and projects',
    required: layout === 'path',
  };
}
