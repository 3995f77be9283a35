import { spawn } from 'node:child_process';
import type { ExecSession } from '../runtime';
import { createOutputPipes } from './output-pipes';
import { Terminal } from './terminal';
import type { Watchdog } from './watchdog';

export interface ExecProcessOptions {
  /** The command runs in a terminal. */
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Where its output pipes have names for a moment. */
  readonly pipeDirectory: string;
  /** Ends it when this process dies. */
  readonly watchdog: Watchdog;
}

const NOT_FOUND = 127;

/** Starts a command beside a container's own; closing the session kills it with all that it has started. */
export async function execProcess(command: readonly string[], options: ExecProcessOptions): Promise<ExecSession> {
  const [program = '', ...args] = command;
  const pipes = await createOutputPipes(options.pipeDirectory);
  const child = spawn(program, args, {
    env: options.environment,
    cwd: options.cwd,
    detached: true,
    stdio: [options.stdin ? 'pipe' : 'ignore', ...pipes.writeEnds],
  });
  pipes.handOver();
  child.stdin?.on('error', () => undefined);
  const { pid } = child;
  if (pid !== undefined) options.watchdog.add(pid);
  const terminal = options.tty && pid !== undefined ? new Terminal(pid) : undefined;
  const exit = new Promise<number>((resolve) => {
    child.once('error', () => resolve(NOT_FOUND));
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  if (pid !== undefined) void exit.then(() => options.watchdog.remove(pid));
  return {
    ...(child.stdin === null ? {} : { stdin: child.stdin }),
    stdout: pipes.stdout,
    stderr: pipes.stderr,
    resize: async (columns, rows) => terminal?.resize(columns, rows),
    exit,
    close: () => {
      if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    },
  };
}
