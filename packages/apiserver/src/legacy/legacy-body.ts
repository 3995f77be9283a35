import { decodeLegacyBody, LEGACY_VERSIONS, type KubeObject } from '@kubernetes-mesos/api-types';
import type { Exchange } from '../http/exchange';
import { readBody } from '../http/read-body';
import type { ApiTools } from '../http/surface';
import { bodyFailure } from './legacy-errors';

/** The body as text, whatever its content type says: all of them were read as JSON. */
export async function legacyBodyText(tools: ApiTools, exchange: Exchange): Promise<string> {
  const body = await readBody(exchange.request, tools.limits.bodyBytes);
  return body.toString('utf8');
}

/**
 * A body as an object of `kind`.
 * @throws StatusError 400 for what cannot be decoded
 */
export function legacyObject(text: string, kind: string): KubeObject {
  return decode(text, kind, true);
}

/**
 * The same for what a patch made.
 * @throws StatusError 500 with the decoder's bare text
 */
export function legacyPatchedObject(text: string, kind: string): KubeObject {
  return decode(text, kind, false);
}

function decode(text: string, kind: string, isBody: boolean): KubeObject {
  try {
    return decodeLegacyBody(text, kind, LEGACY_VERSIONS);
  } catch (error) {
    throw bodyFailure(error, isBody);
  }
}

/** A member of JSON data, by its name in any case. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = Object.entries(value).findLast(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1];
}
