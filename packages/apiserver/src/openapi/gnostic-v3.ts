import type { openapi } from '@kubernetes-mesos/protos';
import type { Content, OpenApiDocument, OpenApiOperation, OpenApiParameter, OpenApiPath } from './document-v3';
import type { JsonSchema } from './json-schema';
import type { Method } from './operations';
import { extensions, named, securityRequirement } from './named';

/** An OpenAPI 3.0 document in gnostic's protobuf. */
export function encodeOpenApi(messages: typeof openapi.v3, document: OpenApiDocument): Uint8Array {
  const { schemas, securitySchemes } = document.components;
  return messages.Document.encode({
    openapi: document.openapi,
    info: document.info,
    paths: { path: named(document.paths, pathItem) },
    components: {
      schemas: { additional_properties: named(schemas, schemaOrReference) },
      security_schemes: {
        additional_properties: named(securitySchemes, (scheme) => ({ security_scheme: scheme })),
      },
    },
    security: document.security.map(securityRequirement),
  }).finish();
}

function pathItem(item: OpenApiPath): openapi.v3.IPathItem {
  const message: openapi.v3.IPathItem = { parameters: item.parameters.map(parameter) };
  for (const method of METHODS) {
    const described = item[method];
    if (described !== undefined) message[method] = operation(described);
  }
  return message;
}

const METHODS: readonly Method[] = ['get', 'put', 'post', 'delete', 'patch'];

function operation(described: OpenApiOperation): openapi.v3.IOperation {
  const { requestBody } = described;
  return {
    tags: [...described.tags],
    description: described.description,
    operation_id: described.operationId,
    parameters: described.parameters.map(parameter),
    ...(requestBody === undefined
      ? {}
      : {
          request_body: {
            request_body: { content: mediaTypes(requestBody.content), required: requestBody.required ?? false },
          },
        }),
    responses: {
      response_or_reference: named(described.responses, ({ description, content }) => ({
        response: { description, ...(content === undefined ? {} : { content: mediaTypes(content) }) },
      })),
    },
    specification_extension: extensions(described),
  };
}

function mediaTypes(content: Content): openapi.v3.IMediaTypes {
  return { additional_properties: named(content, ({ schema: given }) => ({ schema: schemaOrReference(given) })) };
}

function parameter({
  name,
  in: place,
  description,
  required,
  schema: given,
}: OpenApiParameter): openapi.v3.IParameterOrReference {
  return {
    parameter: { name, in: place, description, required: required ?? false, schema: schemaOrReference(given) },
  };
}

function schemaOrReference(given: JsonSchema): openapi.v3.ISchemaOrReference {
  return given.$ref === undefined ? { schema: schema(given) } : { reference: { _ref: given.$ref } };
}

function schema(given: JsonSchema): openapi.v3.ISchema {
  const { type, format, description, required, properties, items, additionalProperties } = given;
  const { allOf = [], oneOf = [], uniqueItems = false } = given;
  return {
    unique_items: uniqueItems,
    required: [...(required ?? [])],
    ...(type === undefined ? {} : { type }),
    all_of: allOf.map(schemaOrReference),
    one_of: oneOf.map(schemaOrReference),
    ...(items === undefined ? {} : { items: { schema_or_reference: [schemaOrReference(items)] } }),
    ...(properties === undefined
      ? {}
      : { properties: { additional_properties: named(properties, schemaOrReference) } }),
    ...(additionalProperties === undefined
      ? {}
      : { additional_properties: { schema_or_reference: schemaOrReference(additionalProperties) } }),
    ...(description === undefined ? {} : { description }),
    ...(format === undefined ? {} : { format }),
    specification_extension: extensions(given),
  };
}
