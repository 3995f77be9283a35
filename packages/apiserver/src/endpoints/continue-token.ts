import { badRequest } from '@kubernetes-mesos/api-types';
import type { ObjectKey } from '@kubernetes-mesos/storage';

/** Where the next page of a list begins. */
export interface Continuation {
  /** The state that all pages show; -1: whatever is newest (after the first state has been compacted). */
  readonly revision: number;
  /** The last key that was listed. */
  readonly after: ObjectKey;
}

/** Opaque to clients; the same idea as upstream's: base64url of JSON. */
export function encodeContinue(continuation: Continuation): string {
  const { revision, after } = continuation;
  return Buffer.from(
    JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after.namespace}/${after.name}` }),
  ).toString('base64url');
}

/** @throws StatusError 400 */
export function decodeContinue(token: string): Continuation {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    throw badRequest('invalid continue token: continue key is not valid: invalid character in token');
  }
  if (typeof parsed === 'object' && parsed !== null && 'rv' in parsed && 'start' in parsed) {
    const { rv, start } = parsed;
    if (typeof rv === 'number' && Number.isSafeInteger(rv) && (rv > 0 || rv === -1) && typeof start === 'string') {
      const slash = start.indexOf('/');
      if (slash >= 0) {
        return { revision: rv, after: { namespace: start.slice(0, slash), name: start.slice(slash + 1) } };
      }
    }
  }
  throw badRequest('invalid continue token: continue key is not valid: incorrect encoded start key');
}
