import type { handleBidiStreamingCall, MethodDefinition, sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { EtcdError, GrpcCode } from '../errors';
import { toBuffer } from '../wire/bytes';

/** A generated message type. */
export interface MessageType<T> {
  decode(bytes: Uint8Array): T;
}

/** A request with its size on the wire, bytes. */
export interface Received<T> {
  readonly message: T;
  readonly size: number;
}

/** One method of a gRPC service; responses are bytes already. */
export interface Method {
  readonly definition: MethodDefinition<Received<unknown>, Buffer>;
  readonly handler: (...args: never[]) => void;
}

export type UnaryHandler<T> = (message: T, size: number) => Promise<Buffer> | Buffer;

const passBytes = (bytes: Buffer): Buffer => bytes;

/** @param path e.g. `/etcdserverpb.KV/Range` */
export function unary<T>(path: string, type: MessageType<T>, run: UnaryHandler<T>): Method {
  return {
    definition: definition(path, type, false),
    handler: (call: ServerUnaryCall<Received<T>, Buffer>, callback: sendUnaryData<Buffer>) => {
      answer(run, call.request).then(
        (response) => callback(null, response),
        (error: unknown) => callback(grpcError(error)),
      );
    },
  };
}

export function bidirectional<T>(
  path: string,
  type: MessageType<T>,
  handler: handleBidiStreamingCall<Received<T>, Buffer>,
): Method {
  return { definition: definition(path, type, true), handler };
}

/** What is sent for an error: etcd's own, or that something went wrong here. */
export function grpcError(error: unknown): { readonly code: number; readonly details: string } {
  if (error instanceof EtcdError) return { code: error.code, details: error.details };
  const text = error instanceof Error ? error.message : String(error);
  return { code: GrpcCode.unavailable, details: `etcdserver: ${text}` };
}

async function answer<T>(run: UnaryHandler<T>, { message, size }: Received<T>): Promise<Buffer> {
  return run(message, size);
}

function definition<T>(path: string, type: MessageType<T>, stream: boolean): Method['definition'] {
  return {
    path,
    requestStream: stream,
    responseStream: stream,
    requestSerialize: () => {
      throw new Error('a server does not send requests');
    },
    requestDeserialize: (bytes) => ({ message: type.decode(bytes), size: bytes.length }),
    responseSerialize: passBytes,
    responseDeserialize: passBytes,
  };
}

/** Encodes a response as a whole. */
export function encoded<T>(type: { encode(message: T): { finish(): Uint8Array } }, message: T): Buffer {
  return toBuffer(type.encode(message).finish());
}
