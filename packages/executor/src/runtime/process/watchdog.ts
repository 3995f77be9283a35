import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * A tiny process that outlives the executor for a moment: when the executor's end of its standard input closes, however
 * the executor died, it kills the process groups that it was told of.
 */
export class Watchdog {
  readonly #process: ChildProcess;

  constructor() {
    this.#process = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#process.on('error', () => undefined);
    this.#process.stdin?.on('error', () => undefined);
    // Neither the process nor the pipe to it is a reason for the executor to stay.
    this.#process.unref();
    if (this.#process.stdin instanceof Socket) this.#process.stdin.unref();
  }

  add(processGroup: number): void {
    this.#process.stdin?.write(`+ ${processGroup}\n`);
  }

  remove(processGroup: number): void {
    this.#process.stdin?.write(`- ${processGroup}\n`);
  }

  /** Ends the watchdog, which kills what it still guards. */
  close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return Promise.resolve();
    this.#process.ref();
    return new Promise((resolve) => {
      this.#process.once('exit', () => resolve());
      this.#process.once('error', () => resolve());
      this.#process.stdin?.end();
    });
  }
}

const SCRIPT = `
trap '' TERM INT HUP
groups=
while read -r change group; do
  if [ "$change" = + ]; then groups="$groups $group"; continue; fi
  left=
  for other in $groups; do [ "$other" = "$group" ] || left="$left $other"; done
  groups=$left
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
exit 0
`;
