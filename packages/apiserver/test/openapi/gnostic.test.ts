import { createSchemaRegistry } from '@kubernetes-mesos/api-types';
import { loadOpenApi, type openapi } from '@kubernetes-mesos/protos';
import { openApiDocument } from '../../src/openapi/document-v3';
import { encodeSwagger } from '../../src/openapi/gnostic-v2';
import { encodeOpenApi } from '../../src/openapi/gnostic-v3';
import type { JsonSchema } from '../../src/openapi/json-schema';
import { swaggerDocument } from '../../src/openapi/swagger';
import { VERSIONS } from './versions';

const schemas = createSchemaRegistry();
const OPTIONS = { arrays: true, objects: false, oneofs: false };

test('version 2: what is encoded says what the JSON says', async () => {
  const { v2 } = await loadOpenApi();
  const document = swaggerDocument(schemas, VERSIONS);
  const read = v2.Document.toObject(v2.Document.decode(encodeSwagger(v2, document)), OPTIONS) as openapi.v2.IDocument;

  const definitions = fromNamed(read.definitions?.additional_properties, schemaOf2);
  expect(definitions).toEqual(document.definitions);
  const paths = fromNamed(read.paths?.path, (item) => item);
  expect(Object.keys(paths)).toEqual(Object.keys(document.paths));
  for (const [path, expected] of Object.entries(document.paths)) {
    for (const method of ['get', 'put', 'post', 'delete', 'patch'] as const) {
      const operation = paths[path]?.[method];
      if (expected[method] === undefined) expect(operation).toBeUndefined();
      else {
        expect(operation).toMatchObject({
          operation_id: expected[method].operationId,
          consumes: expected[method].consumes,
          produces: expected[method].produces,
        });
        expect(extensionsOf(operation?.vendor_extension)).toMatchObject({
          'x-kubernetes-action': expected[method]['x-kubernetes-action'],
          'x-kubernetes-group-version-kind': expected[method]['x-kubernetes-group-version-kind'],
        });
        expect(operation?.parameters?.map(parameterNameOf2)).toEqual(
          expected[method].parameters.map(({ name }) => name),
        );
        expect(operation?.responses?.response_code?.map(({ name }) => name)).toEqual(
          Object.keys(expected[method].responses),
        );
      }
    }
  }
  expect(read.security_definitions?.additional_properties?.[0]).toMatchObject({
    name: 'BearerToken',
    value: { api_key_security: { in: 'header', name: 'authorization', type: 'apiKey' } },
  });
});

test('version 3: what is encoded says what the JSON says', async () => {
  const { v3 } = await loadOpenApi();
  for (const version of VERSIONS) {
    const document = openApiDocument(schemas, version, VERSIONS);
    const read = v3.Document.toObject(v3.Document.decode(encodeOpenApi(v3, document)), OPTIONS) as openapi.v3.IDocument;
    const types = fromNamed(read.components?.schemas?.additional_properties, schemaOf3);
    expect(types).toEqual(document.components.schemas);
    const paths = fromNamed(read.paths?.path, (item) => item);
    expect(Object.keys(paths)).toEqual(Object.keys(document.paths));
    for (const [path, { patch, post }] of Object.entries(document.paths)) {
      expect(paths[path]?.patch?.operation_id).toBe(patch?.operationId);
      const media = paths[path]?.post?.request_body?.request_body?.content?.additional_properties;
      expect(media?.map(({ name }) => name)).toEqual(post?.requestBody && Object.keys(post.requestBody.content));
    }
  }
});

function parameterNameOf2({ parameter }: openapi.v2.IParametersItem): string | null | undefined {
  const { body_parameter: body, non_body_parameter: other } = parameter ?? {};
  return (body ?? other?.query_parameter_sub_schema ?? other?.path_parameter_sub_schema)?.name;
}

function schemaOf2(read: openapi.v2.ISchema): JsonSchema {
  const items = read.items?.schema?.[0];
  const values = read.additional_properties?.schema;
  return present({
    $ref: read._ref,
    description: read.description,
    type: read.type?.value?.[0],
    format: read.format,
    required: filled(read.required),
    items: items && schemaOf2(items),
    additionalProperties: values && schemaOf2(values),
    properties: read.properties && fromNamed(read.properties.additional_properties, schemaOf2),
    ...extensionsOf(read.vendor_extension),
  });
}

function schemaOf3({ schema, reference }: openapi.v3.ISchemaOrReference): JsonSchema {
  if (reference) return present({ $ref: reference._ref });
  const items = schema?.items?.schema_or_reference?.[0];
  const values = schema?.additional_properties?.schema_or_reference;
  return present({
    description: schema?.description,
    type: schema?.type,
    format: schema?.format,
    required: filled(schema?.required),
    allOf: filled(schema?.all_of)?.map(schemaOf3),
    oneOf: filled(schema?.one_of)?.map(schemaOf3),
    items: items && schemaOf3(items),
    additionalProperties: values && schemaOf3(values),
    properties: schema?.properties && fromNamed(schema.properties.additional_properties, schemaOf3),
    ...extensionsOf(schema?.specification_extension),
  });
}

function filled<T>(list: readonly T[] | null | undefined): readonly T[] | undefined {
  return list === null || list === undefined || list.length === 0 ? undefined : list;
}

function present(members: Record<string, unknown>): JsonSchema {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));
}

function extensionsOf(
  read: readonly { name?: string | null; value?: { yaml?: string | null } | null }[] | null | undefined,
): Record<string, unknown> {
  return fromNamed(read, ({ yaml }) => JSON.parse(yaml ?? '') as unknown);
}

function fromNamed<S, T>(
  read: readonly { name?: string | null; value?: S | null }[] | null | undefined,
  convert: (value: S) => T,
): Record<string, T> {
  return Object.fromEntries(
    (read ?? []).flatMap(({ name, value }) => (value ? [[name ?? '', convert(value)] as const] : [])),
  );
}
