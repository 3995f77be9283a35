import type { Clock, Timer } from '@kubernetes-mesos/component-base';

/** Calls `onSilence` once when nothing was seen for `limitMs`. Feeding it is cheap: no timer is touched. */
export class Watchdog {
  readonly #clock: Clock;
  readonly #onSilence: (silentMs: number) => void;
  #limitMs: number;
  #seenAt: number;
  #timer: Timer | undefined;

  constructor(clock: Clock, limitMs: number, onSilence: (silentMs: number) => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
    this.#seenAt = clock.monotonic();
    this.#arm(limitMs);
  }

  feed(): void {
    this.#seenAt = this.#clock.monotonic();
  }

  setLimit(limitMs: number): void {
    this.#limitMs = limitMs;
    this.#timer?.cancel();
    this.#arm(limitMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(delayMs: number): void {
    this.#timer = this.#clock.setTimer(() => {
      const silentMs = this.#clock.monotonic() - this.#seenAt;
      if (silentMs >= this.#limitMs) this.#onSilence(silentMs);
      else this.#arm(this.#limitMs - silentMs);
    }, delayMs);
  }
}
