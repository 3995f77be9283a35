import { constants, createInflate, type Inflate } from 'node:zlib';
import { errorMessage } from '@kubernetes-mesos/component-base';
import { SpdyProtocolError } from './frame';

/** What a header block may grow to. */
const MAX_BLOCK_BYTES = 64 * 1024;
const MAX_STORED_BYTES = 0xffff;
/** zlib: deflate, window of 32 KiB, no dictionary. */
const ZLIB_HEAD = Buffer.from([0x78, 0x01]);
/** An empty stored block: what a flush leaves, and what a reader waits for before it gives out what it has. */
const FLUSH = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]);

/**
 * Our half of the one zlib stream that all header blocks of a connection's direction are pieces of. It stores instead of
 * compressing, which any reader understands: our blocks are replies without headers.
 */
export class HeaderDeflater {
  #isBegun = false;

  deflate(block: Buffer): Buffer {
    const parts: Buffer[] = this.#isBegun ? [] : [ZLIB_HEAD];
    this.#isBegun = true;
    for (let at = 0; at < block.length; at += MAX_STORED_BYTES) {
      const piece = block.subarray(at, at + MAX_STORED_BYTES);
      const head = Buffer.from([0, 0, 0, 0, 0]);
      head.writeUInt16LE(piece.length, 1);
      head.writeUInt16LE(~piece.length & 0xffff, 3);
      parts.push(head, piece);
    }
    return Buffer.concat([...parts, FLUSH]);
  }
}

/** The other end's half. Blocks have to come in their order, each after the one before is done. */
export class HeaderInflater {
  readonly #inflate: Inflate = createInflate({ dictionary: DICTIONARY, flush: constants.Z_SYNC_FLUSH });
  #chunks: Buffer[] = [];
  #size = 0;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor() {
    const fail = (error: Error): void => {
      this.#failure ??= error;
      this.#wake?.();
    };
    this.#inflate.on('error', fail);
    this.#inflate.on('close', () => fail(new Error('the connection has ended')));
    this.#inflate.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      if (this.#size > MAX_BLOCK_BYTES) this.#inflate.destroy(new Error(`it is longer than ${MAX_BLOCK_BYTES} bytes`));
    });
  }

  /** @throws SpdyProtocolError for what is not compressed or too long; nothing can be read after that */
  async inflate(block: Buffer): Promise<Buffer> {
    if (this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#inflate.write(block, () => resolve());
      });
    }
    if (this.#failure !== undefined) {
      throw new SpdyProtocolError(`a header block cannot be read: ${errorMessage(this.#failure)}`);
    }
    const plain = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    return plain;
  }

  close(): void {
    this.#inflate.destroy();
  }
}

/** Words of the dictionary that the specification fixes; each has its length before it. */
const WORDS = `
options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow
authorization cache-control connection content-base content-encoding content-language content-length content-location
content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match
if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range
referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get
status`
  .trim()
  .split(/\s+/)
  .concat(['200 OK', 'version', 'HTTP/1.1', 'url', 'public', 'set-cookie', 'keep-alive', 'origin']);

/** The rest of it: parts of likely values. */
const VALUES = [
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505',
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized',
  '403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable',
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT',
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,',
  'publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.',
].join('');

/** What both ends take for said before the first header block. Its Adler-32, by which zlib knows it, is e3c6a7c2. */
export const DICTIONARY = Buffer.concat([
  ...WORDS.map((word) => {
    const entry = Buffer.alloc(4 + word.length, word);
    entry.writeUInt32BE(word.length);
    entry.write(word, 4);
    return entry;
  }),
  Buffer.from(VALUES),
]);
