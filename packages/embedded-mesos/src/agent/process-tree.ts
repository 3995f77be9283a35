import { readdirSync, readFileSync } from 'node:fs';

/** Processes of the machine, read from /proc. */

export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot: with the pid, the identity of a process. */
  readonly startTicks: number;
  readonly zombie: boolean;
}

/** `undefined` when there is no such process. */
export function processStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The command, in parentheses, may hold anything: fields are counted from the last one on.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    startTicks: Number(fields[19]),
    zombie: state === 'Z' || state === 'X',
  };
}

/** Whether the process that started at `startTicks` still runs. */
export function isRunning(pid: number, startTicks: number | undefined): boolean {
  const stat = processStat(pid);
  return stat !== undefined && !stat.zombie && (startTicks === undefined || stat.startTicks === startTicks);
}

/** The process and all that descends from it, or shares its session or process group. */
export function processTree(root: number): number[] {
  const all = readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? processStat(Number(name)) : undefined;
    return stat === undefined ? [] : [stat];
  });
  const members = new Set([root]);
  for (let size = 0; size !== members.size;) {
    size = members.size;
    for (const { pid, parent, group, session } of all) {
      if (members.has(parent) || group === root || session === root) members.add(pid);
    }
  }
  return [...members];
}

/** SIGKILLs the process, its descendants, its session and its group. */
export function killTree(root: number): void {
  // Twice: the first round stops whatever starts new ones.
  for (let round = 0; round < 2; round += 1) {
    for (const pid of processTree(root)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended in between.
      }
    }
  }
}
