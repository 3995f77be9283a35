import { expired } from '@kubernetes-mesos/api-types';
import { CompactedError, type WatchEvent } from '@kubernetes-mesos/storage';
import type { Clock, Timer } from '@kubernetes-mesos/component-base';
import { bookmark, initialEventsEnd, seenThrough, type WatchChange, type WatchStart } from '../endpoints/watch';
import type { EncodableObject, ServedResource } from '../endpoints/served-resource';
import type { ResponseFormat, WatchEventType } from '../formats/format';
import type { Selection } from '../selectors/selection';
import { toStatusError } from './to-status-error';
import type { WatchSink } from './watch-sink';

export interface WatchPumpOptions {
  readonly resource: ServedResource;
  /** `''`: all. */
  readonly namespace: string;
  readonly selection: Selection;
  readonly format: ResponseFormat;
  readonly sink: WatchSink;
  readonly clock: Clock;
  readonly allowBookmarks: boolean;
  /** ms until the server ends the stream. */
  readonly timeoutMs: number;
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal;
}

/** Bookmarks come in this time before the end, and now and then before. */
const LAST_BOOKMARK_MS = 2_000;
const BOOKMARK_INTERVAL_MS = 60_000;
/** A client that takes none of what waits for it in this time is gone, or as good as that. ms */
const MAX_STALL_MS = 60_000;
/** Present objects are written in groups of about this size. */
const GROUP_BYTES = 256 * 1024;

/**
 * Carries the changes of a resource to one watcher, from `start` on, until it leaves, its time is up, or it is too slow
 * for what the store keeps (an ERROR event tells it to list again). What many watchers are told alike is encoded once.
 */
export async function pumpWatch(options: WatchPumpOptions, start: WatchStart): Promise<void> {
  await new WatchPump(options).run(start);
}

class WatchPump {
  readonly #options: WatchPumpOptions;
  readonly #end = new AbortController();
  readonly #timers: Timer[] = [];
  #isFirst = true;
  /** Waiting for the client: what the store has, it has not. */
  #isBusy = true;
  #startRevision = 0;
  /** The client has been told everything up to here. */
  #toldRevision = 0;

  constructor(options: WatchPumpOptions) {
    this.#options = options;
  }

  async run(start: WatchStart): Promise<void> {
    const { sink, signal, resource, namespace } = this.#options;
    const onAbort = (): void => this.#end.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) this.#end.abort();
    try {
      sink.open();
      this.#startRevision = this.#toldRevision = start.fromRevision;
      this.#schedule();
      await this.#writePresent(start);
      if (start.isEndTold && this.#options.allowBookmarks) {
        this.#writePlain('BOOKMARK', initialEventsEnd(resource, start.fromRevision));
      }
      const events = resource.store.watch({
        ...(namespace === '' ? {} : { namespace }),
        fromRevision: start.fromRevision,
        signal: this.#end.signal,
      });
      this.#isBusy = false;
      for await (const batch of events) {
        if (this.#end.signal.aborted) break;
        this.#isBusy = true;
        if (!this.#writeBatch(batch)) await this.#drained();
        this.#isBusy = false;
      }
    } catch (error) {
      this.#writeError(error);
    } finally {
      signal.removeEventListener('abort', onAbort);
      for (const timer of this.#timers) timer.cancel();
      sink.end();
    }
  }

  #schedule(): void {
    const { clock, timeoutMs, allowBookmarks } = this.#options;
    this.#timers.push(clock.setTimer(() => this.#end.abort(), timeoutMs));
    if (!allowBookmarks) return;
    this.#timers.push(clock.setTimer(() => this.#bookmark(), Math.max(0, timeoutMs - LAST_BOOKMARK_MS)));
    const repeat = (): void => {
      this.#bookmark();
      this.#timers.push(clock.setTimer(repeat, BOOKMARK_INTERVAL_MS));
    };
    this.#timers.push(clock.setTimer(repeat, BOOKMARK_INTERVAL_MS));
  }

  async #writePresent({ present }: WatchStart): Promise<void> {
    const { sink } = this.#options;
    let group: Buffer[] = [];
    let groupBytes = 0;
    const flush = async (): Promise<void> => {
      const bytes = Buffer.concat(group);
      group = [];
      groupBytes = 0;
      if (bytes.length > 0 && !sink.write(bytes)) await this.#drained();
    };
    for (const object of present) {
      if (this.#end.signal.aborted) return;
      const frame = this.#encode('ADDED', object);
      group.push(frame);
      groupBytes += frame.length;
      if (groupBytes >= GROUP_BYTES || !sink.joins) await flush();
    }
    await flush();
  }

  /** False: the client has not taken what was sent before. */
  #writeBatch(batch: readonly WatchEvent[]): boolean {
    const { sink, format, selection } = this.#options;
    this.#toldRevision = batch.at(-1)?.revision ?? this.#toldRevision;
    if (sink.joins && format.hasSharedEvents) {
      const chunk = sharedChunk(batch, format.id + selection.cacheKey, () => this.#joined(batch));
      this.#isFirst = false;
      return chunk.length === 0 || sink.write(chunk);
    }
    let keepsUp = true;
    for (const event of batch) {
      const change = seenThrough(selection, event);
      if (change !== undefined) keepsUp = sink.write(this.#encode(change.type, change.object)) && keepsUp;
    }
    return keepsUp;
  }

  #joined(batch: readonly WatchEvent[]): Buffer {
    const { selection, format, resource } = this.#options;
    const frames: Buffer[] = [];
    for (const event of batch) {
      const change = seenThrough(selection, event);
      if (change !== undefined) frames.push(sharedFrame(event, change, format, resource));
    }
    const [only] = frames;
    return frames.length === 1 && only !== undefined ? only : Buffer.concat(frames);
  }

  #encode(type: WatchEventType, object: EncodableObject): Buffer {
    const { format, resource, sink } = this.#options;
    const event = format.event(resource, type, object, this.#isFirst);
    this.#isFirst = false;
    return sink.joins ? Buffer.concat([event, format.frameEnd]) : event;
  }

  #bookmark(): void {
    const { resource } = this.#options;
    // Between turns every event that the store has seen has been written here, unless the client is behind.
    if (this.#isBusy || this.#end.signal.aborted) return;
    const { currentRevision, changedRevision } = resource.store;
    // Nothing has happened since the watch began: the client knows.
    if (Math.max(this.#toldRevision, changedRevision) <= this.#startRevision) return;
    this.#writePlain('BOOKMARK', bookmark(resource, Math.max(this.#toldRevision, currentRevision)));
  }

  /** Waits until the client has taken what was written; one that takes nothing is let go, at the end of its time too. */
  async #drained(): Promise<void> {
    const { sink, clock } = this.#options;
    const { signal } = this.#end;
    let giveUp: () => void = () => undefined;
    const late = new Promise<'late'>((resolve) => (giveUp = () => resolve('late')));
    const timer = clock.setTimer(giveUp, MAX_STALL_MS);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      if (signal.aborted) giveUp();
      if ((await Promise.race([sink.drained(), late])) === 'late') {
        sink.destroy();
        this.#end.abort();
      }
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', giveUp);
    }
  }

  #writeError(error: unknown): void {
    const failure =
      error instanceof CompactedError
        ? expired('The resourceVersion for the provided watch is too old.')
        : toStatusError(error);
    this.#writePlain('ERROR', failure.status);
  }

  #writePlain(type: 'BOOKMARK' | 'ERROR', object: object): void {
    const { format, resource, sink } = this.#options;
    const event = format.plainEvent(resource, type, object);
    sink.write(sink.joins ? Buffer.concat([event, format.frameEnd]) : event);
  }
}

/** Joined frames of a batch, by format and selection: watchers at the same position share the batch. */
const chunks = new WeakMap<readonly WatchEvent[], Map<string, Buffer>>();
/** One event in one format, under the type that a selection gives it. */
const frames = new WeakMap<WatchEvent, Map<string, Buffer>>();

function sharedChunk(batch: readonly WatchEvent[], key: string, make: () => Buffer): Buffer {
  return fromCache(chunks, batch, key, make);
}

function sharedFrame(event: WatchEvent, change: WatchChange, format: ResponseFormat, resource: ServedResource): Buffer {
  return fromCache(frames, event, `${change.type} ${format.id}`, () =>
    Buffer.concat([format.event(resource, change.type, change.object, false), format.frameEnd]),
  );
}

function fromCache<K extends object>(
  cache: WeakMap<K, Map<string, Buffer>>,
  owner: K,
  key: string,
  make: () => Buffer,
): Buffer {
  let entries = cache.get(owner);
  if (entries === undefined) {
    entries = new Map();
    cache.set(owner, entries);
  }
  let bytes = entries.get(key);
  if (bytes === undefined) {
    bytes = make();
    entries.set(key, bytes);
  }
  return bytes;
}
