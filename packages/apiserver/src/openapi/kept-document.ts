import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Names one state of a document; new whenever a byte of it is. */
export type DocumentHash = string;

interface Kept {
  readonly compressed: Buffer;
  readonly hash: DocumentHash;
}

/**
 * A document that is built when it is first asked for and kept from then on, compressed only: that is how clients take it,
 * and a tenth of the memory.
 */
export class KeptDocument {
  readonly #build: () => Promise<Uint8Array>;
  #kept: Promise<Kept> | undefined;

  constructor(build: () => Promise<Uint8Array>) {
    this.#build = build;
  }

  async hash(): Promise<DocumentHash> {
    return (await this.#get()).hash;
  }

  async compressed(): Promise<Buffer> {
    return (await this.#get()).compressed;
  }

  async plain(): Promise<Buffer> {
    return decompress((await this.#get()).compressed);
  }

  #get(): Promise<Kept> {
    if (this.#kept === undefined) {
      const kept = this.#make();
      this.#kept = kept;
      // What failed is tried again when it is next asked for.
      kept.catch(() => (this.#kept = undefined));
    }
    return this.#kept;
  }

  async #make(): Promise<Kept> {
    const bytes = await this.#build();
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 40).toUpperCase();
    return { compressed: await compress(bytes), hash };
  }
}
