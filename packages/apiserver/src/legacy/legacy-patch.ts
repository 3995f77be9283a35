import { plainError } from '@kubernetes-mesos/api-types';
import { sendBody } from '../http/responder';
import { applyMergePatch } from '../patch/merge-patch';
import { legacyBodyText, legacyPatchedObject } from './legacy-body';
import type { LegacyRequest } from './legacy-request';
import { legacyChange, requireSameObject } from './legacy-update';

/** Every patch is a JSON merge patch of the object as this version shows it, whatever its content type says. */
export async function legacyPatch(request: LegacyRequest): Promise<void> {
  const { tools, exchange, version, target, served, format } = request;
  const patch = parsePatch(await legacyBodyText(tools, exchange));
  const kind = version.kind(target.resource.kind);
  const updated = await legacyChange(request, (current) => {
    const shown = kind?.fromInternal(current);
    const object = legacyPatchedObject(JSON.stringify(applyMergePatch(shown, patch)), target.resource.kind);
    requireSameObject(request, object);
    return { object, statusHost: '' };
  });
  sendBody(exchange, 200, format.contentType, format.object(served, updated));
}

function parsePatch(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw plainError('Invalid JSON Patch');
  }
}
