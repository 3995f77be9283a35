import type { SchemaRegistry } from '@kubernetes-mesos/api-types';
import type { DiscoveredVersion } from '../discovery/resource-list';
import { Definitions } from './definitions';
import type { GroupVersionKind, JsonSchema } from './json-schema';
import { describePaths, type DescribedOperation, type DescribedPath, type Method } from './operations';
import type { Parameter } from './parameters';
import { INFO, SECURITY, SECURITY_SCHEMES, type ApiKeyScheme } from './swagger';

/** An OpenAPI 3.0 document, as far as it is written here. */
export interface OpenApiDocument {
  readonly openapi: '3.0.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, OpenApiPath>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, ApiKeyScheme>>;
  };
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export type OpenApiPath = { readonly [method in Method]?: OpenApiOperation } & {
  readonly parameters: readonly OpenApiParameter[];
};

export interface OpenApiOperation {
  readonly tags: readonly string[];
  readonly description: string;
  readonly operationId: string;
  readonly parameters: readonly OpenApiParameter[];
  readonly requestBody?: { readonly content: Content; readonly required?: true };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
  readonly 'x-kubernetes-action': string;
  readonly 'x-kubernetes-group-version-kind': GroupVersionKind;
}

/** By media type. */
export type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description: string;
  readonly required?: true;
  readonly schema: JsonSchema;
}

/** The document of one version below `/openapi/v3`, with the types that it needs and no others. */
export function openApiDocument(
  schemas: SchemaRegistry,
  version: DiscoveredVersion,
  all: readonly DiscoveredVersion[],
): OpenApiDocument {
  const definitions = new Definitions(schemas, 'v3', all);
  const paths = describePaths(version, definitions);
  return {
    openapi: '3.0.0',
    info: INFO,
    paths: Object.fromEntries(paths.map((described) => [described.path, pathItem(described)])),
    components: { schemas: definitions.collect(), securitySchemes: SECURITY_SCHEMES },
    security: SECURITY,
  };
}

function pathItem({ operations, parameters }: DescribedPath): OpenApiPath {
  return {
    ...Object.fromEntries(operations.map((described) => [described.method, operation(described)])),
    parameters: parameters.map(parameter),
  };
}

function operation(described: DescribedOperation): OpenApiOperation {
  const { body, produces } = described;
  return {
    tags: [described.tag],
    description: described.description,
    operationId: described.id,
    parameters: described.parameters.map(parameter),
    ...(body === undefined
      ? {}
      : { requestBody: { content: content(body.media, body.schema), ...(body.required ? { required: true } : {}) } }),
    responses: Object.fromEntries(
      described.responses.map(({ code, description, schema }) => [
        String(code),
        { description, ...(schema === undefined ? {} : { content: content(produces, schema) }) },
      ]),
    ),
    'x-kubernetes-action': described.action,
    'x-kubernetes-group-version-kind': described.kind,
  };
}

function content(media: readonly string[], schema: JsonSchema): Content {
  return Object.fromEntries(media.map((type) => [type, { schema }]));
}

function parameter({ name, in: place, type, description }: Parameter): OpenApiParameter {
  return {
    name,
    in: place,
    description,
    ...(place === 'path' ? { required: true } : {}),
    schema: { type, uniqueItems: true },
  };
}
