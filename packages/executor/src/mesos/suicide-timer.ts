import type { Clock, Timer } from '@kubernetes-mesos/component-base';

/** Ends an executor that has had nothing to do for too long. A timeout of 0 never does. */
export class SuicideTimer {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onExpired: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, timeoutMs: number, onExpired: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onExpired = onExpired;
  }

  /** Starts to count when there are no tasks, stops when there are. */
  update(tasks: number): void {
    if (tasks > 0 || this.#timeoutMs <= 0) {
      this.cancel();
      return;
    }
    this.#timer ??= this.#clock.setTimer(this.#onExpired, this.#timeoutMs);
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
