import type { EtcdEvent, WatchBatch } from './etcd-gateway';

/** Puts the answers of a watch, some of which are fragments, together to batches of whole revisions. */
export class WholeRevisions {
  /** Events of one revision of which more may come. */
  #held: readonly EtcdEvent[] = [];

  /** `isFragment`: the next answer goes on where this one ends. `undefined`: nothing is whole. */
  add(events: readonly EtcdEvent[], isFragment: boolean): WatchBatch | undefined {
    const all = this.#held.length === 0 ? events : [...this.#held, ...events];
    const last = all[all.length - 1];
    if (!isFragment || last === undefined) {
      this.#held = [];
      return last === undefined ? undefined : { revision: last.revision, events: all };
    }
    const begin = all.findIndex(({ revision }) => revision === last.revision);
    this.#held = all.slice(begin).map(kept);
    const before = all[begin - 1];
    return before === undefined ? undefined : { revision: before.revision, events: all.slice(0, begin) };
  }
}

function kept(event: EtcdEvent): EtcdEvent {
  return event.type === 'put' ? { ...event, value: Buffer.from(event.value) } : event;
}
