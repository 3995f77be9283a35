import { SpdyProtocolError } from './frame';

/** Header names in lower case; several values of one name are joined by NUL, as they are sent. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/** A header block before its compression. Pure. */
export function encodeHeaders(headers: SpdyHeaders): Buffer {
  const parts = [word(headers.size)];
  for (const [name, value] of headers) {
    for (const text of [name.toLowerCase(), value]) {
      const bytes = Buffer.from(text, 'utf8');
      parts.push(word(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

/** Pure. @throws SpdyProtocolError for what is no header block, names twice, or a name that is not in lower case */
export function decodeHeaders(block: Buffer): SpdyHeaders {
  let at = 0;
  const number = (): number => {
    if (at + 4 > block.length) throw new SpdyProtocolError('a header block ends too early');
    at += 4;
    return block.readUInt32BE(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (at + length > block.length) throw new SpdyProtocolError('a header block ends too early');
    at += length;
    return block.toString('utf8', at - length, at);
  };
  const count = number();
  const headers = new Map<string, string>();
  for (let index = 0; index < count; index += 1) {
    const name = text();
    if (name === '' || name !== name.toLowerCase() || headers.has(name)) {
      throw new SpdyProtocolError('a header block has a name that is empty, repeated or not in lower case');
    }
    headers.set(name, text());
  }
  if (at !== block.length) throw new SpdyProtocolError('a header block has something after its end');
  return headers;
}

function word(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(4);
  buffer.writeUInt32BE(value);
  return buffer;
}
