/**
 * Asks etcd for its revision on behalf of all who want to know. Whoever arrives while a question is under way shares
 * the next one, because the answer to the first may be older than what he must not miss.
 */
export class RevisionQuestion {
  readonly #ask: () => Promise<number>;
  #current: Promise<number> | undefined;
  #next: Promise<number> | undefined;

  /** `ask`: one linearizable question. */
  constructor(ask: () => Promise<number>) {
    this.#ask = ask;
  }

  /** A revision not below that of any write acknowledged before this call. */
  revision(): Promise<number> {
    if (this.#current === undefined) return this.#start();
    const settled = (): Promise<number> => this.#start();
    this.#next ??= this.#current.then(settled, settled);
    return this.#next;
  }

  #start(): Promise<number> {
    const question = this.#ask();
    this.#current = question;
    this.#next = undefined;
    const done = (): void => {
      if (this.#current === question && this.#next === undefined) this.#current = undefined;
    };
    question.then(done, done);
    return question;
  }
}
