import { plainError } from '@kubernetes-mesos/api-types';
import { BodySyntaxError, parseJson } from '../http/parse-body';
import { readBody } from '../http/read-body';
import { sendBody } from '../http/responder';
import { applyMergePatch } from '../patch/merge-patch';
import { legacyPatchedObject } from './legacy-body';
import type { LegacyRequest } from './legacy-request';
import { legacyChange, requireSameObject } from './legacy-update';

/** Every patch is a JSON merge patch of the object as this version shows it, whatever its content type says. */
export async function legacyPatch(request: LegacyRequest): Promise<void> {
  const { tools, exchange, version, target, served, format } = request;
  const patch = parsePatch(await readBody(exchange.request, tools.limits.bodyBytes), tools.limits.nesting);
  const kind = version.kind(target.resource.kind);
  const updated = await legacyChange(request, (current) => {
    const shown = kind?.fromInternal(current);
    const object = legacyPatchedObject(JSON.stringify(applyMergePatch(shown, patch)), target.resource.kind);
    requireSameObject(request, object);
    return { object, statusHost: '' };
  });
  sendBody(exchange, 200, format.contentType, format.object(served, updated));
}

function parsePatch(body: Buffer, maxNesting: number): unknown {
  try {
    return parseJson(body, maxNesting);
  } catch (error) {
    if (error instanceof BodySyntaxError) throw plainError('Invalid JSON Patch');
    throw error;
  }
}
