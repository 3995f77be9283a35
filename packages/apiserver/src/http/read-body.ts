import type { IncomingMessage } from 'node:http';
import { badRequest, payloadTooLarge } from '@kubernetes-mesos/api-types';
import { BodySyntaxError, parseJson, type BodyMedia } from './parse-body';
import type { ApiTools } from './surface';

/** A body, and what was found out about it while it was read. */
export interface RequestBody {
  /** YAML is JSON from here on. */
  readonly media: 'json' | 'protobuf';
  readonly bytes: Buffer;
  /** What it says, where that is known. */
  readonly value?: unknown;
  /** It came as YAML, of which JSON is a part. */
  readonly isYaml?: boolean;
  /** Where YAML that is no JSON gives a member twice, line by line. */
  readonly duplicateLines?: readonly string[];
  /** Why it says nothing. */
  readonly problem?: BodySyntaxError;
}

/**
 * The whole body, which may be YAML.
 * @throws StatusError 413, 400 when the client goes away in the middle, 429 when too much YAML waits to be read
 */
export async function readTypedBody(
  request: IncomingMessage,
  media: BodyMedia,
  tools: Pick<ApiTools, 'limits' | 'yaml'>,
): Promise<RequestBody> {
  const bytes = await readBody(request, tools.limits.bodyBytes);
  return media === 'yaml' ? typedBody(bytes, media, tools) : { media, bytes };
}

/** @throws StatusError 413, 429 */
export async function typedBody(
  bytes: Buffer,
  media: BodyMedia,
  { limits, yaml }: Pick<ApiTools, 'limits' | 'yaml'>,
): Promise<RequestBody> {
  if (media !== 'yaml') return { media, bytes };
  // JSON is YAML, and what programs send.
  const value = jsonOf(bytes, limits.nesting);
  if (value !== undefined) return { media: 'json', bytes, value, isYaml: true };
  try {
    const { json, duplicateLines } = await yaml.toJson(bytes);
    return { media: 'json', bytes: Buffer.from(json), isYaml: true, duplicateLines };
  } catch (error) {
    if (error instanceof BodySyntaxError) return { media: 'json', bytes, isYaml: true, problem: error };
    throw error;
  }
}

/** @throws BodySyntaxError */
export function valueOf(body: RequestBody, maxNesting: number): unknown {
  if (body.problem !== undefined) throw body.problem;
  return body.value ?? parseJson(body.bytes, maxNesting);
}

function jsonOf(bytes: Buffer, maxNesting: number): unknown {
  const first = bytes.find((byte) => !BLANK.has(byte));
  if (first !== OPEN_BRACE) return undefined;
  try {
    return parseJson(bytes, maxNesting);
  } catch {
    // It may still be YAML in braces.
    return undefined;
  }
}

const BLANK: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const OPEN_BRACE = 0x7b;

/**
 * The whole body.
 * @throws StatusError 413 past `limit` bytes, 400 when the client goes away in the middle
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? '0');
  if (declared > limit) return Promise.reject(payloadTooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limit) {
        finish();
        // What still comes is thrown away, so that the answer can be read.
        request.resume();
        reject(payloadTooLarge(limit));
        return;
      }
      chunks.push(chunk);
    };
    const onEnd = (): void => {
      finish();
      const [first] = chunks;
      resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, length));
    };
    const onError = (error: Error): void => {
      finish();
      reject(badRequest(`the body could not be read: ${error.message}`));
    };
    const onClose = (): void => {
      finish();
      reject(badRequest('the client went away before the body was read'));
    };
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}
