import type { SchemaRegistry } from '@kubernetes-mesos/api-types';
import type { DiscoveredVersion } from '../discovery/resource-list';
import { SERVER_VERSION } from '../discovery/version';
import { Definitions } from './definitions';
import type { GroupVersionKind, JsonSchema } from './json-schema';
import { describePaths, type DescribedOperation, type DescribedPath, type Method } from './operations';
import type { Parameter } from './parameters';

/** A Swagger 2.0 document, as far as it is written here. */
export interface SwaggerDocument {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, SwaggerPath>>;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
  readonly securityDefinitions: Readonly<Record<string, ApiKeyScheme>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export type SwaggerPath = { readonly [method in Method]?: SwaggerOperation } & {
  readonly parameters: readonly SwaggerParameter[];
};

export interface SwaggerOperation {
  readonly description: string;
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly parameters: readonly SwaggerParameter[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema?: JsonSchema }>>;
  readonly 'x-kubernetes-action': string;
  readonly 'x-kubernetes-group-version-kind': GroupVersionKind;
}

export type SwaggerParameter =
  | { readonly name: 'body'; readonly in: 'body'; readonly required: boolean; readonly schema: JsonSchema }
  | {
      readonly name: string;
      readonly in: 'path' | 'query';
      readonly type: string;
      readonly description: string;
      readonly uniqueItems: true;
      readonly required?: true;
    };

export interface ApiKeyScheme {
  readonly description: string;
  readonly type: 'apiKey';
  readonly name: string;
  readonly in: 'header';
}

export const INFO = { title: 'Kubernetes', version: SERVER_VERSION.gitVersion };

/** The one way to say who one is that these documents can tell of; client certificates it has no words for. */
export const SECURITY_SCHEMES: Readonly<Record<string, ApiKeyScheme>> = {
  BearerToken: { description: 'Bearer token', type: 'apiKey', name: 'authorization', in: 'header' },
};
export const SECURITY = [{ BearerToken: [] }];

/** The document of `/openapi/v2`: all versions in one. */
export function swaggerDocument(schemas: SchemaRegistry, versions: readonly DiscoveredVersion[]): SwaggerDocument {
  const definitions = new Definitions(schemas, 'v2', versions);
  const paths = versions.flatMap((version) => describePaths(version, definitions));
  return {
    swagger: '2.0',
    info: INFO,
    paths: Object.fromEntries(paths.map((described) => [described.path, pathItem(described)])),
    definitions: definitions.collect(),
    securityDefinitions: SECURITY_SCHEMES,
    security: SECURITY,
  };
}

function pathItem({ operations, parameters }: DescribedPath): SwaggerPath {
  return {
    ...Object.fromEntries(operations.map((described) => [described.method, operation(described)])),
    parameters: parameters.map(parameter),
  };
}

function operation(described: DescribedOperation): SwaggerOperation {
  const { body } = described;
  return {
    description: described.description,
    consumes: body?.media ?? ['*/*'],
    produces: described.produces,
    tags: [described.tag],
    operationId: described.id,
    parameters: [
      ...(body === undefined
        ? []
        : [{ name: 'body', in: 'body', required: body.required, schema: body.schema } as const]),
      ...described.parameters.map(parameter),
    ],
    responses: Object.fromEntries(
      described.responses.map(({ code, description, schema }) => [
        String(code),
        { description, ...(schema === undefined ? {} : { schema }) },
      ]),
    ),
    'x-kubernetes-action': described.action,
    'x-kubernetes-group-version-kind': described.kind,
  };
}

function parameter({ name, in: place, type, description }: Parameter): SwaggerParameter {
  return {
    name,
    in: place,
    type,
    description,
    uniqueItems: true,
    ...(place === 'path' ? { required: true } : {}),
  };
}
