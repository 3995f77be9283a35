export interface KeepaliveOptions {
  /** Silence after which the peer is probed, ms. */
  readonly timeMs: number;
  /** How long it may take to say anything after that, ms. */
  readonly timeoutMs: number;
}

export interface KeepaliveActions {
  /** Whether anything is expected of the peer. Servers take offence at probes of connections that are not in use. */
  isInUse(): boolean;
  probe(): void;
  /** The peer has not answered. Called once, the last of all calls. */
  dead(): void;
}

/** Finds out that a peer has gone without closing the connection. */
export class Keepalive {
  readonly #options: KeepaliveOptions;
  readonly #actions: KeepaliveActions;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout;
  #verdict: NodeJS.Immediate | undefined;

  constructor(options: KeepaliveOptions, actions: KeepaliveActions) {
    this.#options = options;
    this.#actions = actions;
    this.#timer = setTimeout(() => this.#check(), options.timeMs);
  }

  /** Something came from the peer. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#verdict);
  }

  #check(): void {
    const silentMs = performance.now() - this.#heardAt;
    const { timeMs, timeoutMs } = this.#options;
    if (silentMs < timeMs || !this.#actions.isInUse()) {
      this.#timer = setTimeout(() => this.#check(), silentMs < timeMs ? timeMs - silentMs : timeMs);
      return;
    }
    const probedAt = performance.now();
    this.#actions.probe();
    this.#timer = setTimeout(() => {
      // After a turn of the event loop that took long, the answer may be there unread: timers come before it.
      this.#verdict = setImmediate(() => {
        if (this.#heardAt < probedAt) this.#actions.dead();
        else this.#check();
      });
    }, timeoutMs);
  }
}
