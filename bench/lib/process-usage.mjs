// CPU time and memory of processes, from /proc.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU seconds (user + system) used so far. */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory, MB. */
export function rssMegabytes(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kilobytes) / 1024;
}

/** Runs `action` and answers its result with the CPU microseconds that server and etcd used meanwhile, per operation. */
export async function measured(pids, operations, action) {
  const before = pids.map(cpuSeconds);
  const begin = performance.now();
  const result = await action();
  const seconds = (performance.now() - begin) / 1000;
  const cpu = pids.map((pid, index) => cpuSeconds(pid) - before[index]);
  return {
    result,
    seconds,
    rate: operations / seconds,
    cpuMicros: (cpu.reduce((sum, value) => sum + value, 0) * 1e6) / operations,
  };
}
