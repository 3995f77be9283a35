import type { IncomingMessage } from 'node:http';
import { badRequest, payloadTooLarge } from '@kubernetes-mesos/api-types';

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
