/** What of a resource swagger tells. */
export interface SwaggerResource {
  /** As in URLs. */
  readonly name: string;
  readonly kind: string;
  /** The model of its objects, `v1beta1.Pod`. */
  readonly type: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** How URLs of a version are made. */
export interface SwaggerVersion {
  readonly name: string;
  /** Whether the namespace is part of the path, and how the parameter is called. */
  readonly namespace: { readonly paramType: 'path' | 'query'; readonly name: string };
  /** Parameters of lists that select. */
  readonly selectors: readonly string[];
}

/** What the operations of a resource read and write. */
export const JSON_ONLY = { produces: ['application/json'], consumes: ['application/json'] };

/** The collection and the items of a resource, with the operations that it has. */
export function swaggerPaths(version: SwaggerVersion, resource: SwaggerResource): object[] {
  const { kind, type, namespaced, verbs } = resource;
  const { namespace } = version;
  const scope = namespaced && namespace.paramType === 'path' ? `/namespaces/{${namespace.name}}` : '';
  const path = `/api/${version.name}${scope}/${resource.name}`;
  const description = `API at /api/${version.name} version ${version.name}`;
  const operation = (verb: string, method: string, what: string, more: readonly object[] = []): object[] =>
    !verbs.includes(verb)
      ? []
      : [
          {
            type,
            method,
            summary: `${what} ${kind === 'Endpoints' ? 'endpoints' : `a ${kind}`}`,
            nickname: `${what.split(' ')[0] ?? ''}${kind}`,
            parameters: [...more, ...(namespaced ? [namespaceParameter(version)] : [])],
            ...JSON_ONLY,
          },
        ];
  const name = { type: 'string', paramType: 'path', name: 'name', description: `name of the ${kind}`, required: true };
  const body = { type, paramType: 'body', name: 'body', required: true };
  const selectors = version.selectors.map((selector) => ({
    type: 'string',
    paramType: 'query',
    name: selector,
    required: false,
  }));
  const collection = [
    ...operation('list', 'GET', 'list objects of kind', selectors),
    ...operation('create', 'POST', 'create', [body]),
  ];
  const item = [
    ...operation('get', 'GET', 'read the specified', [name]),
    ...operation('update', 'PUT', 'update the specified', [name, body]),
    ...operation('patch', 'PATCH', 'partially update the specified', [name, body]),
    ...operation('delete', 'DELETE', 'delete', [name]),
  ];
  return [
    ...(collection.length === 0 ? [] : [{ path, description, operations: collection }]),
    ...(item.length === 0 ? [] : [{ path: `${path}/{name}`, description, operations: item }]),
  ];
}

function namespaceParameter({ namespace }: SwaggerVersion): object {
  return {
    type: 'string',
    paramType: namespace.paramType,
    name: namespace.name,
    description: 'object name and auth scope, such as for teams and projects',
    required: namespace.paramType === 'path',
  };
}
