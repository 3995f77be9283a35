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
  return grow([root], root);
}

/** What a process that has ended left behind in its session and process group, with descendants. Its pid may be another's by now. */
export function leftoversOf(root: number): number[] {
  return grow([], root).filter((pid) => pid !== root);
}

function grow(seeds: readonly number[], root: number): number[] {
  const all = readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? processStat(Number(name)) : undefined;
    return stat === undefined ? [] : [stat];
  });
  const members = new Set(seeds);
  for (const { pid, group, session } of all) {
    if (pid !== root && (group === root || session === root)) members.add(pid);
  }
  for (let size = -1; size !== members.size;) {
    size = members.size;
    for (const { pid, parent } of all) if (members.has(parent)) members.add(pid);
  }
  return [...members];
}

/** SIGKILLs the process, its descendants, its session and its group. */
export function killTree(root: number): void {
  killAll(() => processTree(root));
}

/** SIGKILLs what a process that has ended left behind. */
export function killLeftovers(root: number): void {
  killAll(() => leftoversOf(root));
}

function killAll(find: () => readonly number[]): void {
  // Twice: the first round stops whatever starts new ones.
  for (let round = 0; round < 2; round += 1) {
    for (const pid of find()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended in between.
      }
    }
  }
}
