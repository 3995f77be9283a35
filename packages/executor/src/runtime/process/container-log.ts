import { createWriteStream, openSync, renameSync, rmSync, type WriteStream } from 'node:fs';
import type { LogLimits } from '../runtime';

/** One file of a container's log. Its path changes when it is rotated: to be opened at once when looked up. */
export interface LogSegment {
  /** Counts up. */
  readonly number: number;
  readonly path: string;
  /** Nothing will be added to it. */
  readonly isComplete: boolean;
}

type WritableSegment = { -readonly [Field in keyof LogSegment]: LogSegment[Field] };

/**
 * A container's log in the CRI form: `<RFC 3339 time> <stdout|stderr> <F|P> <line>`. A line that has grown longer than
 * 16 KiB is written in parts, marked `P` but for the last. What is written now is at `path`, what was before at
 * `path.1`, `path.2` and so on, the highest number the youngest.
 */
export class ContainerLog {
  readonly #path: string;
  readonly #limits: LogLimits;
  readonly #rest = { stdout: '', stderr: '' };
  readonly #segments: WritableSegment[] = [];
  #file: WriteStream | undefined;
  #size = 0;
  #rotated = 0;

  constructor(path: string, limits: LogLimits) {
    this.#path = path;
    this.#limits = limits;
    this.#begin();
  }

  /** Oldest first; the last one is being written. */
  get segments(): readonly LogSegment[] {
    return this.#segments;
  }

  /** Returns false when the reader should wait for `drained`. */
  write(stream: 'stdout' | 'stderr', chunk: Buffer): boolean {
    // A byte a character: what is not text, or is cut within a letter, stays as it is.
    const lines = (this.#rest[stream] + chunk.toString('latin1')).split('\n');
    let rest = lines.pop() ?? '';
    const now = new Date().toISOString();
    let text = '';
    for (const line of lines) text += `${now} ${stream} F ${line}\n`;
    while (rest.length > MAX_LINE) {
      text += `${now} ${stream} P ${rest.slice(0, MAX_LINE)}\n`;
      rest = rest.slice(MAX_LINE);
    }
    this.#rest[stream] = rest;
    return text === '' || this.#append(text);
  }

  drained(callback: () => void): void {
    if (this.#file === undefined) callback();
    else this.#file.once('drain', callback);
  }

  close(): Promise<void> {
    const now = new Date().toISOString();
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#rest[stream] !== '') this.#append(`${now} ${stream} F ${this.#rest[stream]}\n`);
      this.#rest[stream] = '';
    }
    return new Promise((resolve) => {
      if (this.#file === undefined) resolve();
      else this.#file.end(() => resolve());
    });
  }

  #append(text: string): boolean {
    if (this.#size > 0 && this.#size + text.length > this.#limits.maxBytes) this.#rotate();
    this.#size += text.length;
    return this.#file?.write(text, 'latin1') ?? true;
  }

  #rotate(): void {
    const segment = this.#segments.at(-1);
    if (segment === undefined) return;
    const path = `${this.#path}.${this.#rotated + 1}`;
    try {
      renameSync(this.#path, path);
    } catch {
      // It goes on where it is.
      this.#size = 0;
      return;
    }
    this.#rotated += 1;
    segment.path = path;
    this.#file?.end(() => (segment.isComplete = true));
    while (this.#segments.length >= this.#limits.maxFiles) {
      const oldest = this.#segments.shift();
      if (oldest !== undefined) rmSync(oldest.path, { force: true });
    }
    this.#begin();
  }

  #begin(): void {
    this.#size = 0;
    this.#file = openFile(this.#path);
    this.#segments.push({ number: this.#rotated, path: this.#path, isComplete: false });
  }
}

const MAX_LINE = 16 * 1024;

/** A disk that is full, or gone, must not end the executor; the container's output is lost then, as with any log. */
function openFile(path: string): WriteStream | undefined {
  try {
    // At once, so that it is this very file whatever it is called later.
    const file = createWriteStream(path, { fd: openSync(path, 'a') });
    file.on('error', () => undefined);
    return file;
  } catch {
    return undefined;
  }
}
