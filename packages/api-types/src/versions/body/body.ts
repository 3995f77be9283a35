import type { LegacyVersion } from '../../machinery/conversion';
import type { KubeObject } from '../../machinery/object';
import type { LegacyApiVersion } from '../legacy-api-version';
import { LegacyDecodeError } from '../shape/errors';
import { decode } from '../shape/decode';
import { str, struct } from '../shape/shape';
import { goSyntaxProblem } from '../../machinery/go-syntax';

/** What a body names itself; both may be empty. */
export interface LegacyBody {
  readonly kind: string;
  readonly apiVersion: string;
  readonly members: Record<string, unknown>;
}

/** A body that is refused. */
export class LegacyBodyError extends LegacyDecodeError {
  /** @param detail the decoder's own text, without the frame that `message` puts around it */
  constructor(
    message: string,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const TYPE_META = struct('struct { Kind string; APIVersion string }', { kind: str, apiVersion: str });

/**
 * Reads a body as far as to its kind and version. Keys match without regard to case; `null` is an empty object.
 * @throws LegacyDecodeError with the decoder's own text
 */
export function readLegacyBody(text: string): LegacyBody {
  if (text === '') throw new LegacyDecodeError('empty input');
  const value = parse(text);
  const members: unknown = value ?? {};
  if (typeof members !== 'object' || members === null || Array.isArray(members)) {
    throw new LegacyDecodeError(
      `couldn't get version/kind: json: cannot unmarshal ${jsonType(members)} into Go value of type ${TYPE_META.name}`,
    );
  }
  try {
    const object = members as Record<string, unknown>; // neither an array nor null
    const { kind, apiVersion } = decode(TYPE_META, object);
    return { kind, apiVersion, members: object };
  } catch (error) {
    if (!(error instanceof LegacyDecodeError)) throw error;
    throw new LegacyDecodeError(`couldn't get version/kind: ${error.message}`, { cause: error });
  }
}

/**
 * Decodes a body as an object of `kind` (its name inside). The version that the body names decides; without one the body
 * is taken in the form that release 0.14 had inside, which v1beta3 shows, and gets no defaults.
 * @throws LegacyBodyError
 */
export function decodeLegacyBody(
  text: string,
  kind: string,
  versions: Readonly<Record<LegacyVersion, LegacyApiVersion>>,
): KubeObject {
  let body: LegacyBody;
  try {
    body = readLegacyBody(text);
  } catch (error) {
    if (!(error instanceof LegacyDecodeError)) throw error;
    const message = `the object provided is unrecognized (must be of type ${kind}): ${error.message}`;
    throw new LegacyBodyError(message, error.message, { cause: error });
  }
  try {
    return decodeAs(body, kind, versions);
  } catch (error) {
    if (!(error instanceof LegacyDecodeError)) throw error;
    const name = body.kind === '' ? kind : body.kind;
    const message = `${name} in version ${body.apiVersion} cannot be handled as a ${kind}: ${error.message}`;
    throw new LegacyBodyError(message, error.message, { cause: error });
  }
}

function decodeAs(
  { kind: given, apiVersion, members }: LegacyBody,
  kind: string,
  versions: Readonly<Record<string, LegacyApiVersion>>,
): KubeObject {
  const version =
    apiVersion === '' ? versions['v1beta3'] : Object.hasOwn(versions, apiVersion) ? versions[apiVersion] : undefined;
  const name = given === '' ? kind : given;
  if (version?.knowsKind(name) !== true) {
    throw new LegacyDecodeError(
      `no kind ${JSON.stringify(name)} is registered for version ${JSON.stringify(apiVersion)}`,
    );
  }
  const conversion = version.kindNamed(name);
  if (conversion?.kind !== kind) {
    throw new LegacyDecodeError(
      `converting  to : type names don't match (${name}, ${kind}), and no conversion ` +
        `'func (${apiVersion}.${name}, api.${kind}) error' registered.`,
    );
  }
  return apiVersion === '' ? conversion.toInternalAsWritten(members) : conversion.toInternal(members);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const problem = goSyntaxProblem(text) ?? 'invalid JSON';
    throw new LegacyDecodeError(`couldn't get version/kind: ${problem}`, { cause: error });
  }
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
