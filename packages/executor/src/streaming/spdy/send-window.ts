import { INITIAL_WINDOW } from './frame';

const MAX_WINDOW = 2 ** 31 - 1;

/** What a connection knows of the windows of its other end. */
export interface WindowRules {
  /**
   * Whether the other end has ever spoken of windows. The library under every kubectl never does, neither sends updates
   * nor counts: to wait for one would be to wait for ever, and TCP alone holds the sender back.
   */
  isEnforced: boolean;
  initial: number;
}

export const noWindows = (): WindowRules => ({ isEnforced: false, initial: INITIAL_WINDOW });

/** How much may be sent on one stream. */
export class SendWindow {
  readonly #rules: WindowRules;
  /** Sent less credited; the window is what is left of `initial`, which may change under way. */
  #outstanding = 0;
  #isClosed = false;
  #wake: (() => void) | undefined;

  constructor(rules: WindowRules) {
    this.#rules = rules;
  }

  /** Takes 1 to `wanted` bytes, as soon as there are any. After `close` it gives what is wanted. */
  async take(wanted: number): Promise<number> {
    while (this.#left() <= 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    const taken = Math.min(wanted, this.#left());
    this.#outstanding += taken;
    return taken;
  }

  /** False when the other end allows more than there can be. */
  credit(delta: number): boolean {
    this.#outstanding -= delta;
    this.changed();
    return this.#rules.initial - this.#outstanding <= MAX_WINDOW;
  }

  /** To be called when the rules have changed. */
  changed(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.changed();
  }

  #left(): number {
    return this.#rules.isEnforced && !this.#isClosed ? this.#rules.initial - this.#outstanding : MAX_WINDOW;
  }
}
