import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { payloadTooLarge, tooManyRequests } from '@kubernetes-mesos/api-types';
import { errorMessage, type Clock } from '@kubernetes-mesos/component-base';
import { BodySyntaxError } from './parse-body';
import { yamlWorkerSource } from './yaml-worker-source';

export interface YamlLimits {
  /** Bytes of one text; more is to be sent as JSON, which is read a hundred times as fast. Default 1 MiB. */
  readonly bytes: number;
  /** How long one text may take, ms; no honest one takes as long. Default 3,000. */
  readonly readMs: number;
  /** Texts that may wait for their turn. Default 32. */
  readonly waiting: number;
  /** How long the thread is kept without work, ms. Default 30,000. */
  readonly idleMs: number;
}

const DEFAULT_LIMITS: YamlLimits = { bytes: 1024 * 1024, readMs: 3_000, waiting: 32, idleMs: 30_000 };
/** MiB of heap of the thread; past it the thread ends, and nothing else does. */
const HEAP_MB = 256;

/** What a text says. */
export interface YamlText {
  readonly json: string;
  /** `line 4: key "a" already set in map` */
  readonly duplicateLines: readonly string[];
}

interface Job {
  readonly text: string;
  resolve(text: YamlText): void;
  reject(error: Error): void;
}

/** What the thread says to one text. */
type Answer = YamlText | { readonly problem: string };

/**
 * Reads YAML in a thread of its own, one text at a time: its library takes seconds for a few kilobytes that are made for
 * it, and nobody but senders of YAML shall wait for that. The thread is started when it is needed.
 */
export class YamlReader {
  readonly #limits: YamlLimits;
  readonly #waiting: Job[] = [];
  #worker: Promise<Worker> | undefined;
  #current: Job | undefined;
  #timer: { cancel(): void } | undefined;
  #isClosed = false;

  constructor(
    private readonly clock: Clock,
    limits: Partial<YamlLimits> = {},
  ) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /**
   * The first document as JSON, as YAML 1.1 reads it, without aliases. Of a member given twice the last counts.
   * @throws BodySyntaxError when it is no YAML, has aliases or takes too long
   * @throws StatusError 413, 429
   */
  toJson(body: Buffer): Promise<YamlText> {
    const { bytes, waiting } = this.#limits;
    if (body.length > bytes) return Promise.reject(payloadTooLarge(bytes));
    if (this.#waiting.length >= waiting || this.#isClosed) {
      return Promise.reject(tooManyRequests('Too many requests, please try again later.', 1));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text: body.toString('utf8'), resolve, reject });
      this.#next();
    });
  }

  /** Ends the thread and refuses what waits; idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#endThread();
    this.#settle((job) => job.reject(new BodySyntaxError('yaml: the server stops')));
    for (const job of this.#waiting.splice(0)) job.reject(new BodySyntaxError('yaml: the server stops'));
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const job = this.#waiting.shift();
    this.#timer?.cancel();
    if (job === undefined) {
      this.#timer = this.clock.setTimer(() => this.#endThread(), this.#limits.idleMs);
      return;
    }
    this.#current = job;
    this.#worker ??= this.#startThread();
    this.#worker.then(
      (worker) => {
        if (this.#current !== job) return;
        // From here on: the thread's own start is not the text's fault.
        this.#timer = this.clock.setTimer(() => this.#giveUp('takes too long to read'), this.#limits.readMs);
        worker.postMessage(job.text);
      },
      (error: unknown) => this.#giveUp(errorMessage(error)),
    );
  }

  async #startThread(): Promise<Worker> {
    const worker = new Worker(yamlWorkerSource, {
      eval: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
      // Nothing of the body may get into the server's log.
      stderr: true,
      env: {},
      execArgv: [],
    });
    worker.unref();
    await once(worker, 'message');
    worker.on('message', (answer: Answer) => {
      this.#settle((job) => {
        if ('json' in answer) job.resolve(answer);
        else job.reject(new BodySyntaxError(`yaml: ${answer.problem}`));
      });
      this.#next();
    });
    worker.once('error', () => this.#giveUp('takes too much memory to read'));
    return worker;
  }

  #giveUp(reason: string): void {
    this.#endThread();
    this.#settle((job) => job.reject(new BodySyntaxError(`yaml: ${reason}`)));
    this.#next();
  }

  #settle(end: (job: Job) => void): void {
    const job = this.#current;
    this.#current = undefined;
    this.#timer?.cancel();
    if (job !== undefined) end(job);
  }

  #endThread(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#timer?.cancel();
    worker?.then(
      (started) => {
        started.removeAllListeners();
        return started.terminate();
      },
      () => undefined,
    );
  }
}
