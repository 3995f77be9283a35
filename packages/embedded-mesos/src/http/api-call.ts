import { gunzipSync } from 'node:zlib';
import type { IncomingMessage } from 'node:http';
import { isMediaType, MessageDecodeError, type MediaType, type MessageCodec } from '@kubernetes-mesos/mesos';
import { badRequest, textReply, type Reply } from './reply';

/** A decoded v1 call, or the refusal that Mesos answers. */
export type ApiCall<Call> = { readonly call: Call; readonly mediaType: MediaType } | { readonly refused: Reply };

/** The parts of a request that the first checks look at. */
export interface ApiRequest {
  readonly method: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** The checks that every v1 endpoint makes first, in Mesos' order: method, Content-Type, body. */
export function decodeApiCall<Call>(request: ApiRequest, codec: MessageCodec<never, Call>): ApiCall<Call> {
  const { method, contentType, body } = request;
  if (method !== 'POST') return { refused: methodNotAllowed(['POST'], method ?? '') };
  if (contentType === undefined) return { refused: badRequest("Expecting 'Content-Type' to be present") };
  if (!isMediaType(contentType)) {
    return {
      refused: textReply(415, "Expecting 'Content-Type' of application/json or application/x-protobuf"),
    };
  }
  try {
    return { call: codec.decode(body, contentType), mediaType: contentType };
  } catch (error) {
    if (error instanceof MessageDecodeError) return { refused: badRequest(parseFailure(error)) };
    throw error;
  }
}

export function methodNotAllowed(allowed: readonly string[], method: string): Reply {
  return {
    ...textReply(
      405,
      `405 Method Not Allowed. Expecting one of { ${allowed.map((name) => `'${name}'`).join(', ')} }, but received '${method}'.`,
    ),
    headers: { Allow: allowed.join(', ') },
  };
}

export const NOT_ACCEPTABLE: Reply = textReply(
  406,
  "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
);

/** The whole body, gunzipped where the client says so. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function parseFailure(error: MessageDecodeError): string {
  switch (error.problem) {
    case 'protobuf':
      return 'Failed to parse body into Call protobuf';
    case 'json-syntax':
      return `Failed to parse body into JSON: ${error.reason}`;
    case 'json-shape':
      return `Failed to convert JSON into Call protobuf: ${error.reason}`;
  }
}
