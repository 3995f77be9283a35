import type { Event, KubeObject, ObjectReference } from '@kubernetes-mesos/api-types';

/** A core/v1 Event as the recorder writes it. */
export type EventObject = Event & Required<Pick<Event, 'message' | 'count' | 'lastTimestamp' | 'reason'>>;

/** One thing that happened to an object. */
export interface Occurrence {
  readonly object: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What to do about an occurrence: nothing (too many of this object), or to write `event` under `key`. */
export type Correlation =
  { readonly kind: 'dropped' } | { readonly kind: 'write'; readonly key: string; readonly event: EventObject };

export interface CorrelatorOptions {
  readonly component: string;
  readonly host?: string;
}

/** Different messages of one reason about one object within the window before they are combined. */
const MAX_SIMILAR = 10;
const SIMILAR_WINDOW_MS = 600_000;
/** Events about one object at once, and the time that earns another. */
const BURST = 25;
const MS_PER_TOKEN = 300_000;
const MAX_REMEMBERED = 4096;
const COMBINED_PREFIX = '(combined from similar events): ';

/**
 * Turns occurrences into Events the way the Go recorder does: an equal one counts up the Event there is; more than ten
 * of a kind with differing messages in ten minutes become one combined Event; an object gets 25 writes at once and then
 * one every five minutes. Pure but for its own memory, which is bounded.
 */
export class EventCorrelator {
  readonly #source: { component: string; host?: string };
  readonly #written = new Lru<EventObject>(MAX_REMEMBERED);
  readonly #similar = new Lru<{ readonly messages: Set<string>; lastMs: number }>(MAX_REMEMBERED);
  readonly #budgets = new Lru<{ tokens: number; sinceMs: number }>(MAX_REMEMBERED);
  #sequence = 0;

  constructor(options: CorrelatorOptions) {
    this.#source = {
      component: options.component,
      ...(options.host === undefined || options.host === '' ? {} : { host: options.host }),
    };
  }

  correlate(occurrence: Occurrence, nowMs: number): Correlation {
    const { object, type, reason } = occurrence;
    const reference = referenceTo(object);
    const objectId = [reference.kind, reference.namespace, reference.name, reference.uid].join('\n');
    const groupKey = [objectId, type, reason].join('\n');
    const combined = this.#isCombined(groupKey, occurrence.message, nowMs);
    const message = combined ? COMBINED_PREFIX + occurrence.message : occurrence.message;
    const key = combined ? groupKey : `${groupKey}\n${message}`;
    if (!this.#spend(objectId, nowMs)) return { kind: 'dropped' };
    const timestamp = rfc3339(nowMs);
    const previous = this.#written.get(key);
    const event: EventObject =
      previous === undefined
        ? this.#newEvent(reference, occurrence, message, timestamp, nowMs)
        : { ...previous, message, count: previous.count + 1, lastTimestamp: timestamp };
    this.#written.set(key, event);
    return { kind: 'write', key, event };
  }

  /** The Event under `key` is gone from the server: the next equal occurrence begins a new one. */
  forget(key: string): void {
    this.#written.delete(key);
  }

  #newEvent(
    reference: ObjectReference,
    occurrence: Occurrence,
    message: string,
    timestamp: string,
    nowMs: number,
  ): EventObject {
    const namespace = reference.namespace ?? '';
    this.#sequence = (this.#sequence + 1) % 1_000_000;
    const suffix = (BigInt(Math.trunc(nowMs)) * 1_000_000n + BigInt(this.#sequence)).toString(16);
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${reference.name ?? ''}.${suffix}`, namespace: namespace === '' ? 'default' : namespace },
      involvedObject: reference,
      reason: occurrence.reason,
      message,
      source: this.#source,
      firstTimestamp: timestamp,
      lastTimestamp: timestamp,
      count: 1,
      type: occurrence.type,
    };
  }

  #isCombined(groupKey: string, message: string, nowMs: number): boolean {
    let group = this.#similar.get(groupKey);
    if (group === undefined || nowMs - group.lastMs > SIMILAR_WINDOW_MS) group = { messages: new Set(), lastMs: nowMs };
    group.lastMs = nowMs;
    if (group.messages.size < MAX_SIMILAR) group.messages.add(message);
    this.#similar.set(groupKey, group);
    return !group.messages.has(message);
  }

  #spend(objectId: string, nowMs: number): boolean {
    const budget = this.#budgets.get(objectId) ?? { tokens: BURST, sinceMs: nowMs };
    const earned = Math.floor((nowMs - budget.sinceMs) / MS_PER_TOKEN);
    if (earned > 0) {
      budget.tokens = Math.min(BURST, budget.tokens + earned);
      budget.sinceMs += earned * MS_PER_TOKEN;
    }
    this.#budgets.set(objectId, budget);
    if (budget.tokens === 0) return false;
    budget.tokens -= 1;
    return true;
  }
}

function referenceTo(object: KubeObject): ObjectReference {
  const { kind, apiVersion, metadata } = object;
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

/** Whole seconds, as the API stores times. */
function rfc3339(nowMs: number): string {
  return `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
}

/** A map that forgets what was not used for the longest time. */
class Lru<V> {
  readonly #entries = new Map<string, V>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#capacity) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
