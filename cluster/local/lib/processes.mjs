// Starts, finds and stops the cluster's processes. A record in `run/<name>.json` names the process by pid *and* start time,
// so that a pid used again by something else is never taken for ours.
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { waitFor } from './progress.mjs';

/** Starts `km argv` in a session of its own, its output appended to `logs/<name>.log`. */
export function startProcess(settings, { name, argv }) {
  mkdirSync(settings.logs, { recursive: true });
  mkdirSync(settings.run, { recursive: true });
  const log = openSync(join(settings.logs, `${name}.log`), 'a');
  const child = spawn(process.execPath, [settings.km, ...argv], {
    detached: true,
    cwd: settings.state,
    stdio: ['ignore', log, log],
    env: { ...process.env, KM_CLUSTER: settings.state },
  });
  closeSync(log);
  child.unref();
  const record = { pid: child.pid, startTime: startTimeOf(child.pid), argv };
  writeFileSync(join(settings.run, `${name}.json`), `${JSON.stringify(record)}\n`);
  return child;
}

/** The running process of that name, or `undefined`. */
export function runningProcess(settings, name) {
  const file = join(settings.run, `${name}.json`);
  if (!existsSync(file)) return undefined;
  const record = JSON.parse(readFileSync(file, 'utf8'));
  return isAlive(record.pid) && startTimeOf(record.pid) === record.startTime ? record : undefined;
}

/** Names that have a record, running or not. */
export function recordedNames(settings) {
  if (!existsSync(settings.run)) return [];
  return readdirSync(settings.run)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
}

/** SIGTERM, then SIGKILL after `graceMs`; forgets the record. Answers how it ended. */
export async function stopProcess(settings, name, graceMs = 5_000) {
  const record = runningProcess(settings, name);
  let how = 'was not running';
  if (record !== undefined) {
    signal(record.pid, 'SIGTERM');
    how = (await waitFor(() => !isAlive(record.pid), graceMs)) ? 'stopped' : 'killed';
    if (how === 'killed') {
      signal(record.pid, 'SIGKILL');
      await waitFor(() => !isAlive(record.pid), 2_000);
    }
  }
  rmSync(join(settings.run, `${name}.json`), { force: true });
  return how;
}

/** Processes whose working directory lies in the cluster's data folder: executors and containers left behind. */
export function strayProcesses(settings) {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => {
      try {
        return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${settings.data}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Alive and not a zombie. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return existsSync('/proc/self') ? false : true;
  }
}

function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    try {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    } catch {
      return undefined;
    }
  }
}
