import type { ListBody } from '../../src/formats/format';

/** The bytes of a list, as a client gets them. */
export function bytesOf(body: ListBody): Buffer {
  if (!('pieces' in body)) return Buffer.concat([...body.parts].map((part) => Buffer.from(part)));
  const pieces = Buffer.concat([...body.pieces]);
  const [before, after] = body.around?.(pieces.length) ?? [Buffer.alloc(0), Buffer.alloc(0)];
  return Buffer.concat([before, pieces, after]);
}
