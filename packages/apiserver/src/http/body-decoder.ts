import {
  badRequest,
  cannotBeHandled,
  DecodeError,
  findDuplicateFields,
  findUnknownFields,
  strictDecodingText,
  type KubeObject,
  type SchemaRegistry,
} from '@kubernetes-mesos/api-types';
import type { FieldValidation } from '../endpoints/write-options';
import { badPatchResult } from '../patch/patches';
import { AlwaysPresent } from './always-present';
import { duplicateYamlKeys } from './yaml-duplicates';
import { BodySyntaxError } from './parse-body';
import { valueOf, type RequestBody } from './read-body';

/** A body's type as it says itself, and as its URL wants it. */
export interface BodyKind {
  readonly kind: string;
  /** `v1`, `autoscaling/v1` */
  readonly apiVersion: string;
  /** Name of its schema. */
  readonly schema: string;
  /** Versions of the same kind that are read as well, e.g. an Eviction of policy/v1beta1. */
  readonly alsoVersions?: readonly string[];
}

/** Reads bodies in `application/vnd.kubernetes.protobuf` into the JSON shape. */
export interface ProtobufDecoder {
  decode(body: Buffer): { readonly kind: string; readonly apiVersion: string; readonly data: Record<string, unknown> };
}

export interface DecodeOptions {
  readonly fieldValidation: FieldValidation;
  warn(text: string): void;
}

/** Reads request bodies in the version inside: syntax, kind and version, unknown fields, wrong types. */
export class BodyDecoder {
  readonly #alwaysPresent: AlwaysPresent;

  constructor(
    private readonly schemas: SchemaRegistry,
    private readonly maxNesting: number,
    private readonly protobuf?: ProtobufDecoder,
  ) {
    this.#alwaysPresent = new AlwaysPresent(schemas);
  }

  /**
   * A typed object out of a body, with kind, apiVersion and metadata in place.
   * @throws StatusError 400
   */
  decode(body: RequestBody, wanted: BodyKind, options: DecodeOptions): KubeObject {
    const data = this.parse(body, wanted.kind);
    if (options.fieldValidation !== 'Ignore') this.#checkStrictly(body, data, wanted, options);
    return this.fromData(data, wanted);
  }

  /**
   * The body as plain data.
   * @throws StatusError 400 when it is no JSON object
   */
  parse(body: RequestBody, kind: string): Record<string, unknown> {
    const parsed = this.#parseMedia(body, kind);
    if (parsed === null) return {};
    if (!isRecord(parsed)) {
      const got = Array.isArray(parsed) ? 'array' : typeof parsed === 'boolean' ? 'bool' : typeof parsed;
      throw unrecognized(
        kind,
        `couldn't get version/kind; json parse error: json: cannot unmarshal ${got} into Go value of type ` +
          'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }',
      );
    }
    return parsed;
  }

  /** @throws StatusError 400 */
  fromData(data: Record<string, unknown>, wanted: BodyKind): KubeObject {
    requireKind(data, wanted);
    let decoded: Record<string, unknown>;
    try {
      decoded = this.schemas.codec(wanted.schema).decode(data);
    } catch (error) {
      if (error instanceof DecodeError)
        throw cannotBeHandled(wanted.kind, versionOnly(wanted.apiVersion), wanted.kind, error.message);
      throw error;
    }
    decoded['kind'] = wanted.kind;
    decoded['apiVersion'] = wanted.apiVersion;
    decoded['metadata'] ??= {};
    this.#alwaysPresent.fillerOf(wanted.schema)(decoded);
    return asKubeObject(decoded);
  }

  /**
   * Looks for fields that a patch brought and the kind has not, as the client wants to be strict.
   * @param ofPatch what is wrong with the text of the patch
   * @throws StatusError 422
   */
  checkPatched(
    data: Record<string, unknown>,
    wanted: BodyKind,
    options: DecodeOptions,
    ofPatch: readonly string[],
  ): void {
    const problems = [...ofPatch, ...findUnknownFields(data, wanted.schema, this.schemas)];
    if (problems.length === 0) return;
    if (options.fieldValidation === 'Strict') throw badPatchResult(data, strictDecodingText(problems));
    for (const problem of problems) options.warn(problem);
  }

  #parseMedia(body: RequestBody, kind: string): unknown {
    if (body.media === 'protobuf') {
      if (this.protobuf === undefined) throw badRequest('protobuf bodies are not read here');
      const { data, ...type } = this.protobuf.decode(body.bytes);
      return { ...data, ...type };
    }
    try {
      return valueOf(body, this.maxNesting);
    } catch (error) {
      if (!(error instanceof BodySyntaxError)) throw error;
      const prefix = error.message.startsWith('yaml:') ? '' : "couldn't get version/kind; json parse error: ";
      throw unrecognized(kind, `${prefix}${error.message}`);
    }
  }

  #checkStrictly(body: RequestBody, data: Record<string, unknown>, wanted: BodyKind, options: DecodeOptions): void {
    const problems = findUnknownFields(data, wanted.schema, this.schemas);
    if (body.isYaml === true) problems.unshift(...duplicateYamlKeys(body));
    else if (body.media === 'json') problems.unshift(...findDuplicateFields(body.bytes.toString('utf8')));
    if (problems.length === 0) return;
    if (options.fieldValidation === 'Strict') {
      throw cannotBeHandled(wanted.kind, versionOnly(wanted.apiVersion), wanted.kind, strictDecodingText(problems));
    }
    for (const problem of problems) options.warn(problem);
  }
}

function requireKind(data: Record<string, unknown>, wanted: BodyKind): void {
  const kind = typeOf(data, 'kind', wanted);
  const apiVersion = typeOf(data, 'apiVersion', wanted);
  const isWantedVersion =
    apiVersion === '' || apiVersion === wanted.apiVersion || wanted.alsoVersions?.includes(apiVersion) === true;
  if ((kind === '' || kind === wanted.kind) && isWantedVersion) return;
  const shownKind = kind === '' ? wanted.kind : kind;
  const shownVersion = apiVersion === '' ? wanted.apiVersion : apiVersion;
  throw cannotBeHandled(
    shownKind,
    versionOnly(shownVersion),
    wanted.kind,
    isWantedVersion
      ? `the object is a ${shownKind}`
      : `no kind ${JSON.stringify(shownKind)} is registered for version ${JSON.stringify(shownVersion)}`,
  );
}

function typeOf(data: Record<string, unknown>, member: 'kind' | 'apiVersion', wanted: BodyKind): string {
  const value = data[member];
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  throw unrecognized(
    wanted.kind,
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${typeof value} into Go struct field .${member} of type string`,
  );
}

function unrecognized(kind: string, detail: string): Error {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${detail}`);
}

/** `apps/v1` is spoken of as `v1`. */
function versionOnly(apiVersion: string): string {
  return apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
}

/** The schema has checked every member that is there; metadata is there. */
function asKubeObject(value: Record<string, unknown>): KubeObject {
  return value as Record<string, unknown> & KubeObject;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
