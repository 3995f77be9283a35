import type { ContainerRuntime } from './runtime';

export interface CommandResult {
  readonly exitCode: number;
  /** Both streams, the first 10 KiB. */
  readonly output: string;
}

const MAX_OUTPUT_BYTES = 10 * 1024;

/** Runs a command in a container to its end. @throws Error after `timeoutMs`. */
export async function runInContainer(
  runtime: ContainerRuntime,
  containerId: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<CommandResult> {
  const session = await runtime.exec(containerId, { command, stdin: false, stdout: true, stderr: true, tty: false });
  const chunks: Buffer[] = [];
  let size = 0;
  const collect = (chunk: Buffer): void => {
    if (size < MAX_OUTPUT_BYTES) chunks.push(chunk.subarray(0, MAX_OUTPUT_BYTES - size));
    size += chunk.length;
  };
  session.stdout.on('data', collect);
  session.stderr.on('data', collect);
  let timer: NodeJS.Timeout | undefined;
  try {
    const exitCode = await Promise.race([
      session.exit,
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`command ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s`)),
          timeoutMs,
        );
      }),
    ]);
    return { exitCode, output: Buffer.concat(chunks).toString('utf8') };
  } finally {
    clearTimeout(timer);
    session.close();
  }
}
