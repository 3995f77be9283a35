import { close, fstat, openSync, read } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { LogOptions } from '../runtime';
import type { LogSegment } from './container-log';

/** A log in one or more files, of which the last may grow and new ones may come. */
export interface LogFiles {
  /** Oldest first. */
  readonly segments: readonly LogSegment[];
}

const POLL_MS = 200;
const FLUSH_POLL_MS = 5;
const BLOCK = 64 * 1024;

/** Reads a CRI log as `kubectl logs` wants it, across its files. `alive`: more may still come. */
export function readLog(log: LogFiles, options: LogOptions, alive: () => boolean): Readable {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const source = limited(lines(log, options, alive, signal), options.limitBytes);
  return new Readable({
    read() {
      source.next().then(
        ({ done, value }) => this.push(done === true ? null : value),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, done) {
      stop.abort();
      void source.return().finally(() => done(error));
    },
  });
}

async function* lines(
  log: LogFiles,
  options: LogOptions,
  alive: () => boolean,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  let file = options.tailLines === undefined ? openNext(log, -1) : await openTail(log, options.tailLines);
  try {
    while (file !== undefined) {
      // Asked before reading, so that what is written before the end is read after it.
      const mayGrow = options.follow && alive() && !signal.aborted;
      const { isComplete } = file.segment;
      for (let data = await file.lines(); data.length > 0; data = await file.lines()) {
        const text = shown(data.toString('latin1'), options);
        if (text !== '') yield Buffer.from(text, 'latin1');
      }
      if (log.segments.at(-1) === file.segment) {
        if (!mayGrow) return;
        await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      } else if (isComplete) {
        await file.close();
        file = openNext(log, file.segment.number);
      } else await sleep(FLUSH_POLL_MS);
    }
  } finally {
    await file?.close();
  }
}

/** An open file stays the same whatever becomes of its name. */
class OpenSegment {
  readonly segment: LogSegment;
  readonly #fd: number;
  #offset: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(segment: LogSegment, fd: number, offset = 0) {
    this.segment = segment;
    this.#fd = fd;
    this.#offset = offset;
  }

  /** Whole lines that have not been given yet; none at the end. */
  async lines(): Promise<Buffer> {
    for (;;) {
      const { bytesRead, buffer } = await readAt(this.#fd, Buffer.allocUnsafe(BLOCK), 0, BLOCK, this.#offset);
      if (bytesRead === 0) return Buffer.alloc(0);
      this.#offset += bytesRead;
      const data = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
      const end = data.lastIndexOf(10) + 1;
      this.#rest = data.subarray(end);
      if (end > 0) return data.subarray(0, end);
    }
  }

  /** Goes to where the last `count` lines begin; returns how many there are when they are fewer. */
  async seekTail(count: number): Promise<number> {
    const { size } = await statOf(this.#fd);
    this.#offset = count <= 0 ? size : 0;
    if (count <= 0) return 0;
    let found = 0;
    const block = Buffer.alloc(BLOCK);
    for (let end = size; end > 0; end -= BLOCK) {
      const start = Math.max(0, end - BLOCK);
      const { bytesRead } = await readAt(this.#fd, block, 0, end - start, start);
      for (let at = bytesRead - 1; at >= 0; at -= 1) {
        if (block[at] !== 10 || start + at === size - 1) continue;
        found += 1;
        if (found < count) continue;
        this.#offset = start + at + 1;
        return count;
      }
    }
    return size === 0 ? 0 : found + 1;
  }

  close(): Promise<void> {
    return closeFile(this.#fd).catch(() => undefined);
  }
}

const readAt = promisify(read);
const statOf = promisify(fstat);
const closeFile = promisify(close);

/** The first file after the one of that number that is still there. */
function openNext(log: LogFiles, number: number): OpenSegment | undefined {
  for (const segment of log.segments) {
    const opened = segment.number > number ? tryOpen(segment) : undefined;
    if (opened !== undefined) return opened;
  }
  return undefined;
}

async function openTail(log: LogFiles, count: number): Promise<OpenSegment | undefined> {
  let found: OpenSegment | undefined;
  let left = count;
  for (const segment of [...log.segments].reverse()) {
    const opened = tryOpen(segment);
    if (opened === undefined) break;
    await found?.close();
    found = opened;
    left -= await opened.seekTail(left);
    if (left <= 0) break;
  }
  return found;
}

function tryOpen(segment: LogSegment): OpenSegment | undefined {
  try {
    return new OpenSegment(segment, openSync(segment.path, 'r'));
  } catch {
    return undefined;
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

async function* limited(source: AsyncGenerator<Buffer>, limit: number | undefined): AsyncGenerator<Buffer, void> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const chunk of source) {
    yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.length;
    if (left <= 0) return;
  }
}
