import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/** One end for a child's standard output, the other for us. */
export interface OutputPipe {
  readonly stream: Readable;
  /** Goes to the child; call `release` once it is started. */
  readonly writeFd: number;
  release(): void;
}

/**
 * Real pipes. Node gives a child sockets for its output, and programs that open `/dev/stdout` (nginx, many shell scripts)
 * cannot open a socket by its path. Node has no pipe(2); named pipes that are unlinked once both ends are open are the same.
 */
export function openOutputPipes<const Names extends readonly string[]>(
  names: Names,
): Record<Names[number], OutputPipe> {
  const folder = mkdtempSync(join(tmpdir(), 'km-pipes-'));
  try {
    const paths = names.map((name) => join(folder, name));
    execFileSync('mkfifo', paths);
    const entries = names.map((name, index) => [name, openPipe(paths[index] ?? '')] as const);
    return Object.fromEntries(entries) as Record<Names[number], OutputPipe>;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openPipe(path: string): OutputPipe {
  // Open to every user that a container may run as; the folder is ours alone and goes at once.
  chmodSync(path, 0o666);
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeFd = openSync(path, constants.O_WRONLY);
  return {
    stream: new Socket({ fd: readFd, readable: true, writable: false }),
    writeFd,
    release: () => closeSync(writeFd),
  };
}
