/**
 * An unbounded queue read as an async iterable by one consumer. Producers here are event streams whose memory is bounded
 * by the other side (Mesos), and whose loss would mean a lost task update; so nothing is dropped.
 */
export class EventQueue<T> implements AsyncIterable<T> {
  #items: T[] = [];
  #waiting: ((result: IteratorResult<T, undefined>) => void) | undefined;
  #failWaiting: ((error: unknown) => void) | undefined;
  #end: { readonly error: unknown } | undefined;
  #readAt = 0;

  push(item: T): void {
    if (this.#end !== undefined) return;
    const resolve = this.#waiting;
    if (resolve === undefined) {
      this.#items.push(item);
      return;
    }
    this.#clearWaiting();
    resolve({ done: false, value: item });
  }

  /** What is queued is still delivered; then the iteration ends, or throws `error`. Later calls change nothing. */
  end(error?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    const resolve = this.#waiting;
    const reject = this.#failWaiting;
    this.#clearWaiting();
    if (error === undefined) resolve?.({ done: true, value: undefined });
    else reject?.(error);
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    return { next: () => this.#next(), return: () => this.#return() };
  }

  #next(): Promise<IteratorResult<T, undefined>> {
    if (this.#readAt < this.#items.length) {
      const value = this.#items[this.#readAt] as T; // in range: checked above
      this.#readAt += 1;
      if (this.#readAt === this.#items.length) {
        this.#items = [];
        this.#readAt = 0;
      }
      return Promise.resolve({ done: false, value });
    }
    if (this.#end !== undefined) {
      return this.#end.error === undefined
        ? Promise.resolve({ done: true, value: undefined })
        : Promise.reject(asError(this.#end.error));
    }
    return new Promise((resolve, reject) => {
      this.#waiting = resolve;
      this.#failWaiting = reject;
    });
  }

  #return(): Promise<IteratorResult<T, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  #clearWaiting(): void {
    this.#waiting = undefined;
    this.#failWaiting = undefined;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
