import { etcdserverpb } from '@kubernetes-mesos/protos';
import { keyRange } from '../mvcc/key-range';
import { toBuffer } from '../wire/bytes';
import { toNumber } from '../wire/int64';
import { watchEvents, type Headers } from '../wire/responses';
import type { WatchHub } from './watch-hub';
import { Watcher, type EventSink } from './watcher';

/** The client's side of a watch stream. */
export interface WatchTransport {
  /** @returns whether the client keeps up; if not, `WatchStream.drained` is to be called when it does again */
  write(response: Buffer): boolean;
}

interface Entry {
  readonly watcher: Watcher;
  readonly fragment: boolean;
  readonly progressNotify: boolean;
  /** Something was sent since the last progress notice was due. */
  active: boolean;
}

/** Id of answers that concern every watch of a stream, and of watches that were refused. */
const NO_WATCH_ID = -1;
/** Responses to watches that asked for fragments stay below etcd's request limit with its gRPC overhead, bytes. */
const FRAGMENT_BYTES = 1_572_864;

/** The watches of one client stream. */
export class WatchStream implements EventSink {
  readonly #hub: WatchHub;
  readonly #headers: Headers;
  readonly #transport: WatchTransport;
  readonly #byId = new Map<number, Entry>();
  readonly #ids = new Map<Watcher, number>();
  #nextId = 0;
  #progressWanted = false;
  #ended = false;

  constructor(hub: WatchHub, headers: Headers, transport: WatchTransport) {
    this.#hub = hub;
    this.#headers = headers;
    this.#transport = transport;
  }

  request(request: etcdserverpb.IWatchRequest): void {
    if (request.create_request) this.#create(request.create_request);
    else if (request.cancel_request) this.#cancel(toNumber(request.cancel_request.watch_id));
    else if (request.progress_request) {
      this.#progressWanted = true;
      this.#reportProgress();
    }
  }

  /** The client takes events again. */
  drained(): void {
    for (const { watcher } of [...this.#byId.values()]) if (watcher.state === 'stalled') this.#hub.resume(watcher);
  }

  /** Tells idle watches that asked for it how far they are. */
  notifyProgress(): void {
    for (const [id, entry] of this.#byId) {
      if (entry.progressNotify && !entry.active && entry.watcher.state === 'live') this.#respond({ watch_id: id });
      entry.active = false;
    }
  }

  end(): void {
    this.#ended = true;
    for (const { watcher } of this.#byId.values()) this.#hub.remove(watcher);
    this.#byId.clear();
    this.#ids.clear();
  }

  deliver(watcher: Watcher, events: readonly Buffer[]): boolean {
    const id = this.#ids.get(watcher);
    const entry = id === undefined ? undefined : this.#byId.get(id);
    if (id === undefined || entry === undefined) return true;
    entry.active = true;
    const header = this.#headers.encoded(this.#hub.revision);
    const parts = entry.fragment ? fragments(events) : [events];
    let keepsUp = true;
    parts.forEach((part, index) => {
      keepsUp = this.#transport.write(watchEvents(header, id, part, index < parts.length - 1));
    });
    return keepsUp;
  }

  compacted(watcher: Watcher, compactRevision: number): void {
    const id = this.#ids.get(watcher);
    if (id === undefined) return;
    this.#forget(id, watcher);
    this.#respond({ watch_id: id, canceled: true, compact_revision: compactRevision }, 0);
  }

  caughtUp(): void {
    this.#reportProgress();
  }

  #create(request: etcdserverpb.IWatchCreateRequest): void {
    const id = this.#chooseId(toNumber(request.watch_id));
    if (id === undefined) {
      const reason = 'mvcc: duplicate watch ID provided on the WatchStream';
      this.#respond({ watch_id: NO_WATCH_ID, created: true, canceled: true, cancel_reason: reason });
      return;
    }
    const { NOPUT, NODELETE } = etcdserverpb.WatchCreateRequest.FilterType;
    const filters = request.filters ?? [];
    const key = request.key === undefined || request.key === null || request.key.length === 0 ? FIRST_KEY : request.key;
    const start = toNumber(request.start_revision);
    const spec = {
      range: keyRange(key, request.range_end),
      withPrevious: request.prev_kv === true,
      skipPuts: filters.includes(NOPUT),
      skipDeletes: filters.includes(NODELETE),
    };
    const watcher = new Watcher(spec, start > 0 ? start : this.#hub.revision + 1, this);
    const entry = {
      watcher,
      fragment: request.fragment === true,
      progressNotify: request.progress_notify === true,
      active: true,
    };
    this.#byId.set(id, entry);
    this.#ids.set(watcher, id);
    this.#respond({ watch_id: id, created: true });
    this.#hub.add(watcher);
  }

  #cancel(id: number): void {
    const entry = this.#byId.get(id);
    if (entry === undefined) return;
    this.#hub.remove(entry.watcher);
    this.#forget(id, entry.watcher);
    this.#respond({ watch_id: id, canceled: true });
    this.#reportProgress();
  }

  #forget(id: number, watcher: Watcher): void {
    this.#byId.delete(id);
    this.#ids.delete(watcher);
  }

  /** `undefined`: the id that the client chose is taken. */
  #chooseId(wanted: number): number | undefined {
    if (wanted !== 0) return this.#byId.has(wanted) ? undefined : wanted;
    while (this.#byId.has(this.#nextId)) this.#nextId += 1;
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }

  /** Answers a progress request once every watch has seen what the answer claims. */
  #reportProgress(): void {
    if (!this.#progressWanted || this.#ended) return;
    for (const { watcher } of this.#byId.values()) if (watcher.state !== 'live') return;
    this.#progressWanted = false;
    this.#respond({ watch_id: NO_WATCH_ID });
  }

  /** etcd's answer to a watch from before the compaction has no revision. */
  #respond(response: etcdserverpb.IWatchResponse, revision = this.#hub.revision): void {
    const header = this.#headers.at(revision);
    this.#transport.write(toBuffer(etcdserverpb.WatchResponse.encode({ header, ...response }).finish()));
  }
}

const FIRST_KEY = Buffer.from([0]);

function fragments(events: readonly Buffer[]): Buffer[][] {
  const parts: Buffer[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const part = parts[parts.length - 1];
    if (part === undefined || size + event.length > FRAGMENT_BYTES) {
      parts.push([event]);
      size = event.length;
    } else {
      part.push(event);
      size += event.length;
    }
  }
  return parts;
}
