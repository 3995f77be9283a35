const NEWLINE = 0x0a;

/**
 * Splits a byte stream into its newline-terminated JSON values. One per stream. Bytes are copied only when a value
 * spans chunks, and then once, however many chunks it spans.
 */
export class JsonLinesParser {
  /** Chunks of the value that is not complete yet. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  readonly #maxLineBytes: number;

  constructor(options: { maxLineBytes?: number } = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? 64 * 1024 * 1024;
  }

  /**
   * The values that `chunk` completes. Empty lines are skipped.
   * @throws SyntaxError for a line that is no JSON, RangeError for one that is too long
   */
  push(chunk: Buffer): unknown[] {
    const values: unknown[] = [];
    let start = 0;
    let end = chunk.indexOf(NEWLINE);
    while (end !== -1) {
      const line = this.#pending.length === 0 ? chunk.toString('utf8', start, end) : this.#complete(chunk, end);
      if (!isBlank(line)) values.push(JSON.parse(line));
      start = end + 1;
      end = chunk.indexOf(NEWLINE, start);
    }
    if (start < chunk.length) this.#keep(start === 0 ? chunk : chunk.subarray(start));
    return values;
  }

  /** Whether the stream ended inside a value. */
  get hasRemainder(): boolean {
    return this.#pendingBytes > 0;
  }

  #keep(part: Buffer): void {
    this.#pending.push(part);
    this.#pendingBytes += part.length;
    if (this.#pendingBytes > this.#maxLineBytes) {
      throw new RangeError(`a line of the stream is longer than ${this.#maxLineBytes} bytes`);
    }
  }

  #complete(chunk: Buffer, end: number): string {
    this.#pending.push(chunk.subarray(0, end));
    const line = Buffer.concat(this.#pending, this.#pendingBytes + end).toString('utf8');
    this.#pending = [];
    this.#pendingBytes = 0;
    return line;
  }
}

function isBlank(line: string): boolean {
  return line.length < 3 && line.trim() === '';
}
