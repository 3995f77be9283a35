import { deepCopy } from '@kubernetes-mesos/api-types';

/**
 * Applies a JSON merge patch (RFC 7386): `null` removes a member, objects merge, everything else replaces. The inputs
 * are not changed; the result shares nothing with them.
 */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  return deepCopy(merged(document, patch));
}

function merged(document: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result = isRecord(document) ? { ...document } : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete result[name];
    else setMember(result, name, merged(Object.hasOwn(result, name) ? result[name] : undefined, change));
  }
  return result;
}

function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
