import type { openapi } from '@kubernetes-mesos/protos';
import type { JsonSchema } from './json-schema';
import type { Method } from './operations';
import { extensions, named, securityRequirement } from './named';
import type { SwaggerDocument, SwaggerOperation, SwaggerParameter, SwaggerPath } from './swagger';

/** A Swagger document in gnostic's protobuf, the only form in which kubectl reads it. */
export function encodeSwagger(messages: typeof openapi.v2, document: SwaggerDocument): Uint8Array {
  return messages.Document.encode({
    swagger: document.swagger,
    info: document.info,
    paths: { path: named(document.paths, pathItem) },
    definitions: { additional_properties: named(document.definitions, schema) },
    security: document.security.map(securityRequirement),
    security_definitions: {
      additional_properties: named(document.securityDefinitions, (scheme) => ({ api_key_security: scheme })),
    },
  }).finish();
}

function pathItem(item: SwaggerPath): openapi.v2.IPathItem {
  const message: openapi.v2.IPathItem = { parameters: item.parameters.map(parameter) };
  for (const method of METHODS) {
    const described = item[method];
    if (described !== undefined) message[method] = operation(described);
  }
  return message;
}

const METHODS: readonly Method[] = ['get', 'put', 'post', 'delete', 'patch'];

function operation(described: SwaggerOperation): openapi.v2.IOperation {
  return {
    tags: [...described.tags],
    description: described.description,
    operation_id: described.operationId,
    produces: [...described.produces],
    consumes: [...described.consumes],
    parameters: described.parameters.map(parameter),
    responses: {
      response_code: named(described.responses, ({ description, schema: answer }) => ({
        response: { description, ...(answer === undefined ? {} : { schema: { schema: schema(answer) } }) },
      })),
    },
    vendor_extension: extensions(described),
  };
}

function parameter(given: SwaggerParameter): openapi.v2.IParametersItem {
  if (given.in === 'body') {
    const { name, required } = given;
    return {
      parameter: { body_parameter: { name, in: given.in, required, schema: schema(given.schema) } },
    };
  }
  return { parameter: { non_body_parameter: nonBodyParameter(given) } };
}

function nonBodyParameter(given: Exclude<SwaggerParameter, { in: 'body' }>): openapi.v2.INonBodyParameter {
  const { name, in: place, description, type, required = false, uniqueItems } = given;
  const message = { name, in: place, description, type, required, unique_items: uniqueItems };
  return place === 'path' ? { path_parameter_sub_schema: message } : { query_parameter_sub_schema: message };
}

function schema(given: JsonSchema): openapi.v2.ISchema {
  const { $ref, type, format, description, required, properties, items, additionalProperties } = given;
  return {
    ...($ref === undefined ? {} : { _ref: $ref }),
    ...(format === undefined ? {} : { format }),
    ...(description === undefined ? {} : { description }),
    ...(required === undefined ? {} : { required: [...required] }),
    ...(additionalProperties === undefined ? {} : { additional_properties: { schema: schema(additionalProperties) } }),
    ...(type === undefined ? {} : { type: { value: [type] } }),
    ...(items === undefined ? {} : { items: { schema: [schema(items)] } }),
    ...(properties === undefined ? {} : { properties: { additional_properties: named(properties, schema) } }),
    vendor_extension: extensions(given),
  };
}
