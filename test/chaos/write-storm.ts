import { eventually } from '@kubernetes-mesos/test-support';

/** A stored object of the storm, cut down to what is compared. */
interface Item {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

export interface Snapshot {
  readonly resourceVersion: string;
  readonly items: ReadonlyMap<string, Item>;
}

/** What one client knows of the object that it writes. Nobody else writes it. */
interface Known {
  /** The last acknowledged state; `undefined`: not there. */
  acknowledged: { readonly count: string; readonly uid: string } | undefined;
  /** States that a write without an answer may have led to; `undefined`: not there. */
  possible: (string | undefined)[];
}

const COLLECTION = '/api/v1/namespaces/default/configmaps';

/** Clients that each make, change and delete objects of their own, as fast as they are answered, and keep the books. */
export class WriteStorm {
  acknowledged = 0;
  /** Writes whose connection ended before an answer. */
  unanswered = 0;
  readonly #known = new Map<string, Known>();
  readonly #wrong: string[] = [];
  #stopping = false;

  constructor(
    private readonly url: string,
    private readonly prefix: string,
    private readonly clients: number,
  ) {}

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.clients }, (_, index) => this.#client(index)));
  }

  stop(): void {
    this.#stopping = true;
  }

  async stored(): Promise<Snapshot> {
    const response = await fetch(`${this.url}${COLLECTION}`);
    const list = (await response.json()) as { metadata: { resourceVersion: string }; items: Item[] };
    const own = list.items.filter(({ metadata }) => metadata.name.startsWith(`${this.prefix}-`));
    return {
      resourceVersion: list.metadata.resourceVersion,
      items: new Map(own.map((item) => [item.metadata.name, item])),
    };
  }

  /** Where the store and the books differ, a line each. */
  problems({ items }: Snapshot): string[] {
    const lines = [...this.#wrong];
    for (const [name, { acknowledged, possible }] of this.#known) {
      const found = items.get(name);
      const count = found?.data?.['count'];
      if (count !== acknowledged?.count && !possible.includes(count))
        lines.push(`${name}: acknowledged ${acknowledged?.count ?? 'deleted'}, stored ${count ?? 'nothing'}`);
    }
    for (const name of items.keys()) if (!this.#known.has(name)) lines.push(`${name}: nobody wrote it`);
    return lines;
  }

  async #client(index: number): Promise<void> {
    for (let round = 0; !this.#stopping; round++) {
      const name = `${this.prefix}-${index}-${round}`;
      const known: Known = { acknowledged: undefined, possible: [] };
      this.#known.set(name, known);
      if (!(await this.#write(known, 'POST', name, '0'))) continue;
      let isSure = true;
      for (let count = 1; count <= 3 && isSure && !this.#stopping; count++)
        isSure = await this.#write(known, 'PUT', name, String(count));
      // Every other object stays, so that the end has something to count.
      if (isSure && round % 2 === 1 && !this.#stopping) await this.#write(known, 'DELETE', name, undefined);
    }
  }

  /** Whether it was acknowledged. What happened to a write without an answer stays open; its object is left alone. */
  async #write(known: Known, method: string, name: string, count: string | undefined): Promise<boolean> {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { count } };
    let status: number;
    let answer: Item;
    try {
      const response = await fetch(`${this.url}${COLLECTION}${method === 'POST' ? '' : `/${name}`}`, {
        method,
        signal: AbortSignal.timeout(30_000),
        headers: { 'content-type': 'application/json' },
        ...(count === undefined ? {} : { body: JSON.stringify(body) }),
      });
      status = response.status;
      answer = (await response.json()) as Item;
    } catch {
      this.unanswered += 1;
      known.possible.push(count);
      // While nobody listens there is nothing to storm.
      await new Promise((resolve) => setTimeout(resolve, 50));
      return false;
    }
    if (status >= 200 && status < 300) {
      this.acknowledged += 1;
      const before = known.acknowledged;
      known.acknowledged = count === undefined ? undefined : { count, uid: answer.metadata.uid };
      if (method === 'PUT' && before?.uid !== answer.metadata.uid) this.#wrong.push(`${name}: another object`);
      return true;
    }
    known.possible.push(count);
    // Only "try again later" may be said of a store that is away; this client alone writes the object.
    if (status < 500 && status !== 429) this.#wrong.push(`${name}: ${method} ${count ?? ''} was answered ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return false;
  }
}

interface Event {
  readonly type: string;
  readonly object: Item;
}

/** A watch of all config maps that goes on from the last version it saw whenever its connection ends. */
export class ResumingWatch {
  readonly #state = new Map<string, Item>();
  readonly #wrong: string[] = [];
  #last: string;

  private constructor(
    private readonly url: string,
    from: string,
  ) {
    this.#last = from;
  }

  static async start(url: string): Promise<ResumingWatch> {
    const list = (await (await fetch(`${url}${COLLECTION}`)).json()) as { metadata: { resourceVersion: string } };
    const watch = new ResumingWatch(url, list.metadata.resourceVersion);
    void watch.#follow();
    return watch;
  }

  #isDone = false;

  /** Resolves when every event up to a version has been seen, and ends the watch. */
  async reaches(resourceVersion: string): Promise<void> {
    const goal = BigInt(resourceVersion);
    try {
      // The list's version may be past the last event: then nothing comes for a while.
      let quiet = this.#last;
      let since = performance.now();
      await eventually(
        () => {
          if (this.#last !== quiet) {
            quiet = this.#last;
            since = performance.now();
          }
          return BigInt(this.#last) >= goal || performance.now() - since > 3_000;
        },
        { deadlineMs: 60_000, what: 'the watch has caught up' },
      );
    } finally {
      this.#isDone = true;
      this.#abort.abort();
    }
  }

  /** Where the events and the store differ, a line each. */
  problems({ items }: Snapshot): string[] {
    const lines = [...this.#wrong];
    const seen = (name: string): string | undefined => this.#state.get(name)?.metadata.resourceVersion;
    for (const [name, { metadata }] of items)
      if (seen(name) !== metadata.resourceVersion)
        lines.push(`${name}: stored at ${metadata.resourceVersion}, seen at ${seen(name) ?? 'never'}`);
    const prefix = [...items.keys()][0]?.charAt(0) ?? '';
    for (const name of this.#state.keys())
      if (name.startsWith(`${prefix}-`) && !items.has(name)) lines.push(`${name}: its deletion was not seen`);
    return lines;
  }

  readonly #abort = new AbortController();

  async #follow(): Promise<void> {
    while (!this.#isDone) {
      try {
        const query = `watch=1&resourceVersion=${this.#last}`;
        const response = await fetch(`${this.url}${COLLECTION}?${query}`, { signal: this.#abort.signal });
        if (response.status !== 200 || response.body === null) throw new Error(`watch answered ${response.status}`);
        let rest = '';
        const decoder = new TextDecoder();
        for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
          rest += decoder.decode(chunk, { stream: true });
          const lines = rest.split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) this.#see(JSON.parse(line) as Event);
        }
      } catch {
        // The server is away, or was killed in the middle of an event: on from the last whole one.
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  #see({ type, object }: Event): void {
    if (type === 'ERROR') {
      this.#wrong.push(`an error: ${JSON.stringify(object)}`);
      return;
    }
    const { name, resourceVersion } = object.metadata;
    if (BigInt(resourceVersion) <= BigInt(this.#last))
      this.#wrong.push(`${name}: ${type} ${resourceVersion} after ${this.#last}`);
    this.#last = resourceVersion;
    const before = this.#state.get(name);
    if ((type === 'ADDED') !== (before === undefined))
      this.#wrong.push(`${name}: ${type}, but it was seen before or not`);
    // A client's changes are counted: one that is left out, or comes twice, shows.
    const count = Number(object.data?.['count']);
    if (type === 'MODIFIED' && count !== Number(before?.data?.['count']) + 1)
      this.#wrong.push(`${name}: ${before?.data?.['count'] ?? 'nothing'}, then ${count}`);
    if (type === 'DELETED') this.#state.delete(name);
    else this.#state.set(name, object);
  }
}
