import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { PassThrough, Readable, type Writable } from 'node:stream';
import type { ExitedState, ObservedState } from '../runtime';
import type { ContainerLog } from './container-log';
import type { OutputPipes } from './output-pipes';
import { firstProcess, READY_FD } from './isolation';

export interface ManagedProcessOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly stdin: boolean;
  readonly log: ContainerLog;
  /** Where its output goes; handed over to the process. */
  readonly pipes: OutputPipes;
  /** The command is process 1 of namespaces of its own, below the process that is started. */
  readonly isolated: boolean;
  /** Called once, after the output has been written. */
  readonly onExit: () => void;
}

/** One container's process group: started, fed, logged, signalled and reaped. */
export class ManagedProcess {
  readonly #options: ManagedProcessOptions;
  readonly #child: ChildProcess;
  readonly #output: readonly Readable[];
  readonly #startedAt = Date.now();
  readonly #exited: Promise<void>;
  readonly #ready: Promise<boolean>;
  readonly #watchers = new Set<{ readonly stdout: PassThrough; readonly stderr: PassThrough }>();
  #state: ObservedState;

  constructor(options: ManagedProcessOptions) {
    this.#options = options;
    const [program = '', ...args] = options.command;
    const { stdout, stderr } = options.pipes;
    this.#child = spawn(program, args, {
      cwd: options.cwd,
      env: options.environment,
      detached: true,
      stdio: [
        options.stdin ? 'pipe' : 'ignore',
        ...options.pipes.writeEnds,
        'ignore',
        options.isolated ? 'pipe' : 'ignore',
      ],
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    options.pipes.handOver();
    this.#output = [stdout, stderr];
    this.#child.stdin?.on('error', () => undefined);
    this.#state = { phase: 'running', startedAt: this.#startedAt };
    this.#pump('stdout', stdout);
    this.#pump('stderr', stderr);
    this.#exited = this.#awaitExit();
    const ready = this.#child.stdio[READY_FD];
    this.#ready = ready instanceof Readable ? firstData(ready) : Promise.resolve(true);
  }

  /** Whether the command has been started; false when its surroundings could not be made, and it has ended. */
  get ready(): Promise<boolean> {
    return this.#ready;
  }

  /** Also the id of the process group. */
  get pid(): number | undefined {
    return this.#child.pid;
  }
  get state(): ObservedState {
    return this.#state;
  }
  get stdin(): Writable | undefined {
    return this.#child.stdin ?? undefined;
  }
  get exited(): Promise<void> {
    return this.#exited;
  }

  /** SIGTERM now, SIGKILL after the grace; resolves when it has ended. */
  async stop(graceMs: number): Promise<void> {
    if (this.#state.phase === 'exited') return;
    if (graceMs <= 0) {
      this.#kill();
      return this.#exited;
    }
    // Before that, process 1 has nobody to hand the signal on to.
    await this.#ready;
    const main = this.#options.isolated && this.pid !== undefined ? await firstProcess(this.pid) : this.pid;
    signal(main, 'SIGTERM');
    const timer = setTimeout(() => this.#kill(), graceMs);
    try {
      await this.#exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Copies of the output from now on; they end with the process. */
  watch(): { readonly stdout: Readable; readonly stderr: Readable; unwatch(): void } {
    const watcher = { stdout: new PassThrough(), stderr: new PassThrough() };
    if (this.#state.phase === 'exited') {
      watcher.stdout.end();
      watcher.stderr.end();
    } else this.#watchers.add(watcher);
    return { ...watcher, unwatch: () => this.#watchers.delete(watcher) };
  }

  #pump(name: 'stdout' | 'stderr', stream: Readable): void {
    stream.on('data', (chunk: Buffer) => {
      for (const watcher of this.#watchers) watcher[name].write(chunk);
      if (!this.#options.log.write(name, chunk)) {
        stream.pause();
        this.#options.log.drained(() => stream.resume());
      }
    });
    stream.on('error', () => undefined);
  }

  async #awaitExit(): Promise<void> {
    const child = this.#child;
    const end = await new Promise<{ exitCode: number; signal?: number; message?: string }>((resolve) => {
      child.once('error', (error) => resolve({ exitCode: 128, message: error.message }));
      child.once('exit', (code, name) => {
        if (code !== null)
          resolve(code > 128 && code < 160 ? { exitCode: code, signal: code - 128 } : { exitCode: code });
        else {
          const number = name === null ? 0 : constants.signals[name];
          resolve({ exitCode: 128 + number, signal: number });
        }
      });
    });
    // What is left of the group must not outlive the container, nor hold its output open.
    if (child.pid !== undefined) signal(-child.pid, 'SIGKILL');
    await Promise.all(this.#output.map(ended));
    await this.#options.log.close();
    for (const { stdout, stderr } of this.#watchers) {
      stdout.end();
      stderr.end();
    }
    this.#watchers.clear();
    const state: ExitedState = { phase: 'exited', startedAt: this.#startedAt, finishedAt: Date.now(), ...end };
    this.#state = state;
    this.#options.onExit();
  }

  #kill(): void {
    if (this.pid !== undefined) signal(-this.pid, 'SIGKILL');
  }
}

function firstData(stream: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    stream.once('data', () => resolve(true));
    stream.once('close', () => resolve(false));
    stream.once('error', () => resolve(false));
  });
}

const OUTPUT_GRACE_MS = 1_000;

/** A descendant in a session of its own may keep the output open; it is not waited for. */
function ended(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      stream.destroy();
      resolve();
    }, OUTPUT_GRACE_MS);
    stream.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
