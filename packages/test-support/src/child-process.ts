import { spawn, type ChildProcess } from 'node:child_process';

/** A program that a test started, killed with the test process at the latest. */
export interface TestProcess {
  readonly pid: number;
  /** What it wrote to stdout and stderr so far (the last 64 KiB). */
  output(): string;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Sends the signal (default SIGKILL) and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

const OUTPUT_LIMIT = 64 * 1024;

const running = new Set<ChildProcess>();
let hooked = false;

export async function startProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<TestProcess> {
  if (!hooked) {
    hooked = true;
    process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
  }
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-OUTPUT_LIMIT);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
  running.add(child);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  return {
    pid,
    output: () => output,
    exited,
    async kill(signal = 'SIGKILL') {
      if (running.has(child)) child.kill(signal);
      await exited;
    },
  };
}
