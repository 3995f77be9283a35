import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A new size comes at once, with the terminal or a moment before it. */
const PATIENCE_MS = 5_000;
const POLL_MS = 25;

/** The command within a pseudo terminal that echoes, by util-linux's `script`. */
export function withTerminal(command: readonly string[]): string[] {
  const line = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  // Its own input is a pipe, from which it takes that nobody sees what is typed.
  return ['script', '-q', '-e', '-c', `stty echo; exec ${line}`, '/dev/null'];
}

/** The pseudo terminal that a process, or one that it has started, runs in. */
export class Terminal {
  readonly #pid: number;
  #resizing: Promise<void> | undefined;
  #wanted: { readonly columns: number; readonly rows: number } | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** The last size given is the one that holds. Tells the programs in it, as terminals do. */
  resize(columns: number, rows: number): Promise<void> {
    this.#wanted = { columns, rows };
    this.#resizing ??= this.#apply().finally(() => (this.#resizing = undefined));
    return this.#resizing;
  }

  async #apply(): Promise<void> {
    const device = await this.#device();
    while (device !== undefined && this.#wanted !== undefined) {
      const { columns, rows } = this.#wanted;
      this.#wanted = undefined;
      await run('stty', ['-F', device, 'cols', String(columns), 'rows', String(rows)]).catch(() => undefined);
    }
  }

  async #device(): Promise<string | undefined> {
    for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
      const found = await terminalBelow(this.#pid);
      if (found !== undefined) return found;
      await sleep(POLL_MS);
    }
    return undefined;
  }
}

async function terminalBelow(pid: number): Promise<string | undefined> {
  const input = `/proc/${pid}/fd/0`;
  // Of a process with mounts of its own, the path begins where they are.
  if (/\/dev\/pts\/\d+$/.test(await readlink(input).catch(() => ''))) return input;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  for (const child of children.split(/\s+/).filter((text) => text !== '')) {
    const found = await terminalBelow(Number(child));
    if (found !== undefined) return found;
  }
  return undefined;
}
