import { statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { Resource } from '@kubernetes-mesos/mesos';

const MB = 1024 * 1024;

/** `given`, with what Mesos would find on this machine for each of cpus, mem, disk and ports that it does not name. */
export function withDefaultResources(given: readonly Resource[], workDir: string): Resource[] {
  const names = new Set(given.map(({ name }) => name));
  const found: Resource[] = [
    scalar('cpus', availableParallelism()),
    scalar('mem', defaultMemory(totalmem() / MB)),
    scalar('disk', defaultDisk(diskSizeMb(workDir))),
    { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31000, end: 32000 }] } },
  ];
  return [...given, ...found.filter(({ name }) => !names.has(name))];
}

/** All but 1 GB, or half of what is less than 2 GB. */
export function defaultMemory(totalMb: number): number {
  return Math.floor(totalMb >= 2048 ? totalMb - 1024 : totalMb / 2);
}

/** All but 5 GB, or half of what is less than 10 GB. */
export function defaultDisk(totalMb: number): number {
  return Math.floor(totalMb >= 10240 ? totalMb - 5120 : totalMb / 2);
}

function diskSizeMb(path: string): number {
  const { blocks, bsize } = statfsSync(path);
  return (blocks * bsize) / MB;
}

function scalar(name: string, value: number): Resource {
  return { name, type: 'SCALAR', scalar: { value } };
}
