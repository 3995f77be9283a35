import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, rmSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The output of a process that is about to be started. */
export interface OutputPipes {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** File descriptors for the process. */
  readonly writeEnds: readonly [stdout: number, stderr: number];
  /** Closes the write ends here, so that the readers end with the process. Call it once the process is started. */
  handOver(): void;
}

/**
 * Real pipes. Node's own are sockets, which a program cannot open by name: `open("/dev/stdout")`, as nginx and many images
 * do, would fail. Named for a moment in `directory`.
 */
export async function createOutputPipes(directory: string): Promise<OutputPipes> {
  const name = join(directory, `.pipe-${randomBytes(6).toString('hex')}`);
  const paths = [`${name}-1`, `${name}-2`] as const;
  // Open to every user that a container may run as, for the moment that they have a name.
  await run('mkfifo', ['-m', '666', ...paths]);
  const [out, error] = paths.map(openPipe);
  if (out === undefined || error === undefined) throw new Error('unreachable');
  return {
    stdout: out.reader,
    stderr: error.reader,
    writeEnds: [out.writeEnd, error.writeEnd],
    handOver: () => {
      closeSync(out.writeEnd);
      closeSync(error.writeEnd);
    },
  };
}

function openPipe(path: string): { readonly reader: Readable; readonly writeEnd: number } {
  // Opening to read without blocking does not wait for a writer; after it, opening to write does not wait either.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, constants.O_WRONLY);
  rmSync(path);
  return { reader: new net.Socket({ fd: readEnd, readable: true, writable: false }), writeEnd };
}
