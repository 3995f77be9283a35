import { readdir, readFile } from 'node:fs/promises';

/** Environment variable that marks every process of a container: `<owner>/<container id>`. */
export const MARKER = 'KM_CONTAINER_ID';

/** Kills the processes that carry the mark of `owner`; returns how many containers they belonged to. */
export async function killLeftovers(owner: string): Promise<number> {
  const entries = await readdir('/proc').catch(() => []);
  const containers = new Set<string>();
  for (const entry of entries) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    const mark = environment.split('\0').find((variable) => variable.startsWith(`${MARKER}=${owner}/`));
    if (mark === undefined) continue;
    containers.add(mark);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  return containers.size;
}
