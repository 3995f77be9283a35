import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogOptions } from '../runtime';

/**
 * A container's log in the CRI form: `<RFC 3339 time> <stdout|stderr> <F|P> <line>`, one file per container. A line
 * that has grown longer than 16 KiB is written in parts, marked `P` but for the last.
 */
export class ContainerLog {
  readonly #file: WriteStream;
  readonly #rest = { stdout: '', stderr: '' };

  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: 'a' });
    // A full disk must not end the executor; the container's output is lost then, as with any log.
    this.#file.on('error', () => undefined);
  }

  /** Returns false when the reader should wait for `drained`. */
  write(stream: 'stdout' | 'stderr', chunk: Buffer): boolean {
    const lines = (this.#rest[stream] + chunk.toString('utf8')).split('\n');
    let rest = lines.pop() ?? '';
    const now = new Date().toISOString();
    let text = '';
    for (const line of lines) text += `${now} ${stream} F ${line}\n`;
    while (rest.length > MAX_LINE) {
      text += `${now} ${stream} P ${rest.slice(0, MAX_LINE)}\n`;
      rest = rest.slice(MAX_LINE);
    }
    this.#rest[stream] = rest;
    return text === '' || this.#file.write(text);
  }

  drained(callback: () => void): void {
    this.#file.once('drain', callback);
  }

  close(): Promise<void> {
    const now = new Date().toISOString();
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#rest[stream] !== '') this.#file.write(`${now} ${stream} F ${this.#rest[stream]}\n`);
      this.#rest[stream] = '';
    }
    return new Promise((resolve) => this.#file.end(() => resolve()));
  }
}

const MAX_LINE = 16 * 1024;
const POLL_MS = 200;

/** Reads a CRI log as `kubectl logs` wants it. `alive`: more may still come. */
export function readLog(path: string, options: LogOptions, alive: () => boolean): Readable {
  return Readable.from(limited(lines(path, options, alive), options.limitBytes), { objectMode: false });
}

async function* lines(path: string, options: LogOptions, alive: () => boolean): AsyncGenerator<Buffer> {
  let offset = 0;
  if (options.tailLines !== undefined) offset = await tailOffset(path, options.tailLines);
  let rest: Buffer = Buffer.alloc(0);
  for (;;) {
    // Asked before reading, so that what is written before the end is read after it.
    const more = options.follow && alive() && options.signal?.aborted !== true;
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size > offset) {
      const stream = createReadStream(path, { start: offset, end: size - 1 });
      offset = size;
      for await (const chunk of stream) {
        const data: Buffer = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
        const end = data.lastIndexOf(10) + 1;
        rest = data.subarray(end);
        const text = end === 0 ? '' : shown(data.toString('utf8', 0, end), options);
        if (text !== '') yield Buffer.from(text);
      }
    } else if (!more) return;
    else await sleep(POLL_MS);
  }
}

function shown(text: string, options: LogOptions): string {
  let result = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const first = line.indexOf(' ');
    const second = line.indexOf(' ', first + 1);
    const third = line.indexOf(' ', second + 1);
    const time = line.slice(0, first);
    if (options.since !== undefined && Date.parse(time) < options.since) continue;
    if (options.timestamps) result += `${time} `;
    result += line.slice(third + 1);
    if (line.slice(second + 1, third) === 'F') result += '\n';
  }
  return result;
}

async function* limited(source: AsyncGenerator<Buffer>, limit: number | undefined): AsyncGenerator<Buffer> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const chunk of source) {
    yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.length;
    if (left <= 0) return;
  }
}

const BLOCK = 64 * 1024;

/** Where the last `count` lines begin, read backwards in blocks. */
async function tailOffset(path: string, count: number): Promise<number> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return 0;
  }
  try {
    const { size } = await file.stat();
    if (count <= 0) return size;
    let found = 0;
    const block = Buffer.alloc(BLOCK);
    for (let end = size; end > 0; end -= BLOCK) {
      const start = Math.max(0, end - BLOCK);
      const { bytesRead } = await file.read(block, 0, end - start, start);
      for (let at = bytesRead - 1; at >= 0; at -= 1) {
        if (block[at] !== 10 || start + at === size - 1) continue;
        found += 1;
        if (found === count) return start + at + 1;
      }
    }
    return 0;
  } finally {
    await file.close();
  }
}
