import { text } from 'node:stream/consumers';
import type { KubeObject } from '@kubernetes-mesos/api-types';
import { failureOf, isRecord, isStatus, objectOf } from './answers';
import { InvalidAnswerError } from './errors';
import { JsonLinesParser } from './json-lines';
import { resourcePath, watchQuery } from './resource-path';
import type { ClientWatchEvent, ResourceRef, WatchOptions } from './rest-client';
import type { Transport } from './transport';

/** Silence after `timeoutSeconds` that is taken for a dead server, ms. */
const GRACE_MS = 30_000;

/**
 * The events of one watch. Ends when the server ends the stream, or quietly when the signal aborts; a broken
 * connection throws `ApiServerUnavailableError`, a refusal `StatusError`.
 */
export async function* watchEvents<T extends KubeObject>(
  transport: Transport,
  resource: ResourceRef<T>,
  options: WatchOptions,
): AsyncGenerator<ClientWatchEvent<T>, void, undefined> {
  const { signal, timeoutSeconds } = options;
  if (isAborted(signal)) return;
  const path = resourcePath(resource, options.namespace) + watchQuery(options);
  const idleTimeoutMs = timeoutSeconds === undefined ? 0 : timeoutSeconds * 1000 + GRACE_MS;
  try {
    const stream = await transport.open(
      { method: 'GET', path, ...(signal === undefined ? {} : { signal }) },
      idleTimeoutMs,
    );
    if (stream.code >= 400) throw failureOf(stream.code, await text(stream.body));
    yield* eventsOf<T>(transport, stream.body, signal);
  } catch (error) {
    if (!isAborted(signal)) throw error;
  }
}

async function* eventsOf<T extends KubeObject>(
  transport: Transport,
  body: AsyncIterable<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ClientWatchEvent<T>, void, undefined> {
  const parser = new JsonLinesParser();
  for await (const chunk of failingAs(transport, body, signal)) {
    for (const value of parser.push(chunk)) yield eventOf<T>(value);
  }
}

/** The chunks of a body, its failure translated; only that of the body, not that of the consumer. */
async function* failingAs(
  transport: Transport,
  body: AsyncIterable<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of body) yield chunk as Buffer; // a socket without an encoding yields Buffers
  } catch (error) {
    throw transport.streamError(error, signal);
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** @throws InvalidAnswerError */
function eventOf<T extends KubeObject>(value: unknown): ClientWatchEvent<T> {
  if (!isRecord(value)) throw new InvalidAnswerError('a watch event is no object');
  const { type, object } = value;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      return { type, object: objectOf<T>(object) };
    case 'ERROR':
      if (!isStatus(object)) throw new InvalidAnswerError('an ERROR event carries no Status');
      return { type, status: object };
    default:
      throw new InvalidAnswerError(`unknown type of watch event: ${String(type)}`);
  }
}
