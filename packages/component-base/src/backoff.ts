/** Exponential backoff with full jitter; pure but for the injected `random`. */
export interface BackoffOptions {
  /** First delay, ms. */
  readonly initialMs: number;
  /** Longest delay, ms. */
  readonly maxMs: number;
  /** Growth per attempt. Default 2. */
  readonly factor?: number;
  /** Share of the delay that is random, 0 to 1. Default 0.5. */
  readonly jitter?: number;
  /** In [0, 1). Default Math.random. */
  readonly random?: () => number;
}

export class Backoff {
  readonly #options: Required<BackoffOptions>;
  #attempt = 0;

  constructor(options: BackoffOptions) {
    this.#options = { factor: 2, jitter: 0.5, random: Math.random, ...options };
  }

  /** The delay before the next attempt, ms. Each call counts as one failure. */
  next(): number {
    const { initialMs, maxMs, factor, jitter, random } = this.#options;
    const full = Math.min(maxMs, initialMs * factor ** this.#attempt);
    this.#attempt += 1;
    return full * (1 - jitter) + full * jitter * random();
  }

  /** Failures since the last reset. */
  get attempts(): number {
    return this.#attempt;
  }

  reset(): void {
    this.#attempt = 0;
  }
}
