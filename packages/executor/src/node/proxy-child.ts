import { spawn, type ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';

export interface ProxyChildOptions {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly logFile: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const RESTART_MS = 5_000;
const MAX_RESTART_MS = 300_000;
/** A proxy that ends sooner than this did not work: the next try waits twice as long. */
const HEALTHY_MS = 10_000;

/** Keeps a `km proxy` running beside the executor: back within 5 s after it has worked, ever later while it cannot. */
export class ProxyChild {
  readonly #options: ProxyChildOptions;
  readonly #abort = new AbortController();
  #child: ChildProcess | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: ProxyChildOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#child?.kill('SIGTERM');
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#abort;
    let delayMs = RESTART_MS;
    while (!signal.aborted) {
      const begun = clock.monotonic();
      const why = await this.#runOnce();
      if (signal.aborted) return;
      delayMs = clock.monotonic() - begun >= HEALTHY_MS ? RESTART_MS : Math.min(delayMs * 2, MAX_RESTART_MS);
      logger.warn('proxy ended', { reason: why, restartInMs: delayMs });
      await clock.sleep(delayMs, { signal }).catch(() => undefined);
    }
  }

  async #runOnce(): Promise<string> {
    const [program = '', ...args] = this.#options.command;
    const log = await open(this.#options.logFile, 'a');
    try {
      const child = spawn(program, args, { stdio: ['ignore', log.fd, log.fd] });
      this.#child = child;
      return await new Promise<string>((resolve) => {
        child.once('error', (error) => resolve(error.message));
        child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code ?? 0}`));
      });
    } finally {
      await log.close();
    }
  }
}
