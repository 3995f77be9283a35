import {
  badRequest,
  findDuplicateFields,
  invalidObject,
  requestTooLarge,
  StatusError,
  unprocessable,
  unsupportedMediaType,
} from '@kubernetes-mesos/api-types';
import type { DecodeOptions } from '../http/body-decoder';
import { BodySyntaxError, parseJson } from '../http/parse-body';
import { valueOf, type RequestBody } from '../http/read-body';
import { duplicateYamlKeys } from '../http/yaml-duplicates';
import { applyJsonPatch, PatchApplyError, PatchSyntaxError, PatchTooLongError } from './json-patch';
import { applyMergePatch } from './merge-patch';

export type JsonObject = Record<string, unknown>;

/** A patch that has been read: from the present object, as plain data, to the wanted one. Pure. */
export type PatchFunction = (current: JsonObject) => unknown;

/** Merges a strategic merge patch. @throws StatusError */
export type StrategicMerge = (current: JsonObject, patch: JsonObject, schema: string) => JsonObject;

/** Applies a configuration on the server's side. @throws StatusError */
export interface ServerSideApply {
  apply(request: {
    /** `undefined` when the object does not exist yet. */
    readonly current: JsonObject | undefined;
    readonly applied: JsonObject;
    readonly schema: string;
    /** As the URL wants them. */
    readonly kind: string;
    readonly apiVersion: string;
    readonly subresource: string;
    readonly manager: string;
    readonly force: boolean;
    readonly nowMs: number;
  }): JsonObject;
}

/** The kinds of patch that need a kind's schema; each is served once there is a function for it. */
export interface PatchExtensions {
  readonly strategicMerge?: StrategicMerge;
  readonly apply?: ServerSideApply;
}

export const APPLY_MEDIA = 'application/apply-patch+yaml';

/**
 * Reads the body of a PATCH that is not an apply.
 * @throws StatusError 415 for a kind of patch that is not served, 400 or 422 for one that cannot be read
 */
export function readPatch(
  media: string,
  body: Buffer,
  schema: string,
  extensions: PatchExtensions,
  maxNesting: number,
): PatchFunction {
  switch (media) {
    case 'application/json-patch+json': {
      const patch = parsed(body, maxNesting);
      return (current) => patchErrors(() => applyJsonPatch(current, patch));
    }
    case 'application/merge-patch+json': {
      const patch = parsed(body, maxNesting);
      return (current) => applyMergePatch(current, patch);
    }
    case 'application/strategic-merge-patch+json': {
      const { strategicMerge } = extensions;
      if (strategicMerge === undefined) throw unsupportedPatch();
      const patch = parsed(body, maxNesting, 'its own');
      if (!isRecord(patch)) {
        const got = Array.isArray(patch) ? 'array' : patch === null ? 'null' : typeof patch;
        throw badRequest(`json: cannot unmarshal ${got} into Go value of type map[string]interface {}`);
      }
      return (current) => clientFault(() => strategicMerge(current, patch, schema));
    }
    default:
      throw unsupportedPatch();
  }
}

/** Members of a JSON patch's operations. */
const OPERATION_MEMBERS = new Set(['op', 'path', 'from', 'value']);

/**
 * What a strict reader complains about in the text of a patch that `readPatch` has read: members given twice, and in
 * operations those that mean nothing. What the patched object has too much is not looked for here.
 */
export function patchProblems(media: string, body: Buffer): string[] {
  const text = body.toString('utf8');
  const duplicates = findDuplicateFields(text);
  if (media !== 'application/json-patch+json') return duplicates;
  const operations = JSON.parse(text) as unknown;
  const unknown = (Array.isArray(operations) ? operations : []).flatMap((operation: unknown, index) =>
    Object.keys(isRecord(operation) ? operation : {})
      .filter((name) => !OPERATION_MEMBERS.has(name))
      .map((name) => `unknown field ${JSON.stringify(`[${index}].${name}`)}`),
  );
  // What is in a value is the document's business.
  const ofOperations = duplicates.filter((problem) => /^duplicate field "\[\d+\]\.[^.[]*"$/.test(problem));
  return [...unknown, ...ofOperations].map((problem) => `json patch ${problem}`);
}

/**
 * The body of an apply.
 * @throws StatusError 400, also for members given twice when the client wants to know
 */
export function readApply(body: RequestBody, maxNesting: number, options: DecodeOptions): JsonObject {
  let value: unknown;
  try {
    value = valueOf(body, maxNesting);
    const problems = options.fieldValidation === 'Ignore' ? [] : duplicateYamlKeys(body);
    for (const problem of problems) {
      if (options.fieldValidation === 'Strict') throw badRequest(`error strict decoding YAML: ${problem}`);
      options.warn(problem);
    }
  } catch (error) {
    if (error instanceof BodySyntaxError)
      throw badRequest(`error decoding YAML: error converting YAML to JSON: ${error.message}`);
    throw error;
  }
  if (!isRecord(value)) throw badRequest('error decoding YAML: the configuration is not an object');
  return value;
}

export function unsupportedPatch(): StatusError {
  return unsupportedMediaType('415: Unsupported Media Type', {});
}

/** What comes out of a patch is no object of its kind. */
export function badPatchResult(result: unknown, detail: string): StatusError {
  return invalidObject({ group: '', name: '' }, '', [
    { reason: 'FieldValueInvalid', field: 'patch', value: JSON.stringify(result), detail },
  ]);
}

/** @param wording of what is no JSON: one text for all, or what is wrong */
function parsed(body: Buffer, maxNesting: number, wording: 'common' | 'its own' = 'common'): unknown {
  try {
    return parseJson(body, maxNesting);
  } catch (error) {
    if (!(error instanceof BodySyntaxError)) throw error;
    if (wording === 'its own')
      throw badRequest(error.message.replace('unexpected end of JSON input', 'unexpected EOF'));
    // v1.20 answers 500 with this text.
    throw badRequest('Invalid JSON Patch');
  }
}

/**
 * A patch that makes no sense is the client's fault: where v1.20 answers 500 with a bare text, this answers 400 with it.
 * @throws StatusError
 */
export function clientFault<T>(apply: () => T): T {
  try {
    return apply();
  } catch (error) {
    if (error instanceof StatusError && error.code === 500 && error.reason === '') throw badRequest(error.message);
    throw error;
  }
}

function patchErrors<T>(apply: () => T): T {
  try {
    return apply();
  } catch (error) {
    if (error instanceof PatchSyntaxError) throw badRequest(error.message);
    if (error instanceof PatchTooLongError) throw requestTooLarge(error.message);
    if (error instanceof PatchApplyError) throw unprocessable();
    throw error;
  }
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
