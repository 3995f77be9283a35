import { Backoff, errorMessage, type Clock, type Logger, type Timer } from '@kubernetes-mesos/component-base';
import type { MasterDetector } from '@kubernetes-mesos/mesos';
import { connectToMaster, RedirectedError, type Link } from '../link/link';
import type { AgentMessage, MasterMessage } from '../link/protocol';

export interface MasterConnectionOptions {
  readonly detector: MasterDetector;
  readonly localAddress: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the agent says when a connection opens. */
  readonly registration: () => AgentMessage;
  readonly onMessage: (message: MasterMessage) => void;
  readonly onDisconnected: () => void;
}

/** Silence of the master that ends a connection, until it has said its own figure, ms. */
const FIRST_SILENCE_MS = 75_000;

/** Keeps the agent connected to the leading master: detects, registers, watches for silence, comes back with back-off. */
export class MasterConnection {
  readonly #options: MasterConnectionOptions;
  readonly #backoff = new Backoff({ initialMs: 100, maxMs: 10_000 });
  readonly #stop = new AbortController();
  #link: Link<AgentMessage> | undefined;
  #silence: Timer | undefined;
  #silenceMs = FIRST_SILENCE_MS;
  #loop: Promise<void> | undefined;

  constructor(options: MasterConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  get isConnected(): boolean {
    return this.#link !== undefined;
  }

  /** Dropped while there is no connection: what matters is repeated or told at the next registration. */
  send(message: AgentMessage): void {
    this.#link?.send(message);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('closed'));
    this.#link?.close();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { detector, clock, logger } = this.#options;
    const { signal } = this.#stop;
    let redirected: string | undefined;
    while (!signal.aborted) {
      try {
        const master = redirected ?? (await detector.current({ signal }));
        redirected = undefined;
        await this.#serve(master);
        logger.info('disconnected from the master', { master });
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RedirectedError) redirected = error.master;
        else logger.debug('no connection to the master', { error: errorMessage(error) });
      }
      await clock.sleep(this.#backoff.next(), { signal }).catch(() => undefined);
    }
  }

  /** Resolves when the connection has ended. */
  async #serve(master: string): Promise<void> {
    const { localAddress, registration, onMessage, onDisconnected } = this.#options;
    let closed: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (closed = resolve));
    const link = await connectToMaster(master, localAddress, {
      onMessage: (message) => {
        if (message.type === 'REGISTERED') {
          this.#backoff.reset();
          this.#silenceMs = message.silence_ms;
        }
        this.#heard();
        onMessage(message);
      },
      onClose: () => closed(),
    });
    if (this.#stop.signal.aborted) {
      link.destroy();
      return;
    }
    this.#link = link;
    this.#heard();
    link.send(registration());
    await ended;
    this.#link = undefined;
    this.#silence?.cancel();
    onDisconnected();
  }

  #heard(): void {
    this.#silence?.cancel();
    this.#silence = this.#options.clock.setTimer(() => this.#link?.destroy(), this.#silenceMs);
  }
}
