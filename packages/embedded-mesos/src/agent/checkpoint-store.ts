import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { AgentInfo, ExecutorInfo, FrameworkInfo, TaskInfo, TaskStatus } from '@kubernetes-mesos/mesos';
import { decodeWire, stringifyWire } from '../link/wire';
import type { Checkpoint } from './effects';
import { processStat } from './process-tree';
import type { Executor } from './state';

/** An executor as it was on disk. */
export interface StoredExecutor {
  readonly info: ExecutorInfo;
  readonly containerId: string;
  readonly directory: string;
  readonly commandTask: boolean;
  /** Only updates that nobody has acknowledged are left of it. */
  readonly ended: boolean;
  readonly pid: number | undefined;
  readonly startTicks: number | undefined;
  readonly tasks: readonly StoredTask[];
}

export interface StoredTask {
  readonly info: TaskInfo;
  /** Every update taken, oldest first. */
  readonly statuses: readonly TaskStatus[];
  /** uuids, hex */
  readonly acknowledged: ReadonlySet<string>;
}

export interface StoredFramework {
  readonly info: FrameworkInfo;
  readonly executors: readonly StoredExecutor[];
}

export interface StoredAgent {
  readonly info: AgentInfo;
  readonly frameworks: readonly StoredFramework[];
}

/**
 * The checkpoints under `<work_dir>/meta`, in the folders that Mesos uses:
 *
 *     meta/slaves/latest -> <agent id>
 *     meta/slaves/<agent id>/agent.info
 *     .../frameworks/<id>/framework.info
 *     .../executors/<id>/runs/<container>/executor.info
 *     .../executors/<id>/runs/<container>/tasks/<id>/{task.info,task.updates}
 *
 * `.info` files are replaced as a whole, `.updates` are appended; a torn last line is dropped when read.
 */
export class CheckpointStore {
  readonly #slaves: string;
  #agent: string | undefined;

  constructor(workDir: string) {
    this.#slaves = join(workDir, 'meta', 'slaves');
    mkdirSync(this.#slaves, { recursive: true });
    const latest = join(this.#slaves, 'latest');
    if (existsSync(latest)) this.#agent = join(this.#slaves, basename(readlinkSync(latest)));
  }

  write(checkpoint: Checkpoint): void {
    switch (checkpoint.what) {
      case 'agent':
        this.#writeAgent(checkpoint.info);
        return;
      case 'framework':
        this.#replace(this.#framework(checkpoint.info.id?.value ?? ''), 'framework.info', checkpoint.info);
        return;
      case 'executor':
        this.#writeExecutor(checkpoint.executor);
        return;
      case 'tasks':
        for (const task of checkpoint.tasks) {
          this.#replace(this.#task(checkpoint.executor, task.task_id.value), 'task.info', task);
        }
        return;
      case 'update':
        this.#append(checkpoint.executor, checkpoint.status.task_id.value, { status: checkpoint.status });
        return;
      case 'acknowledged':
        this.#append(checkpoint.executor, checkpoint.taskId, { acknowledged: checkpoint.uuid.toString('hex') });
        return;
      case 'executor-ended':
        this.#writeExecutor(checkpoint.executor, true);
        return;
      case 'executor-removed':
        rmSync(this.#run(checkpoint.executor), { recursive: true, force: true });
        return;
      case 'framework-ended':
        rmSync(this.#framework(checkpoint.frameworkId), { recursive: true, force: true });
        return;
    }
  }

  /** What the last agent of this folder knew; `undefined` on the first start and after `forget`. */
  read(): StoredAgent | undefined {
    if (this.#agent === undefined) return undefined;
    const info = readJson(join(this.#agent, 'agent.info')) as AgentInfo | undefined;
    if (info === undefined) return undefined;
    const frameworks = subfolders(join(this.#agent, 'frameworks')).flatMap((folder) => {
      const framework = readJson(join(folder, 'framework.info')) as FrameworkInfo | undefined;
      if (framework === undefined) return [];
      const runs = subfolders(join(folder, 'executors')).flatMap((executor) => subfolders(join(executor, 'runs')));
      return [{ info: framework, executors: runs.flatMap(readExecutor) }];
    });
    return { info, frameworks };
  }

  /** The agent's id is void: the next start gets a new one. */
  forget(): void {
    rmSync(join(this.#slaves, 'latest'), { force: true });
    this.#agent = undefined;
  }

  #writeAgent(info: AgentInfo): void {
    const id = info.id?.value ?? '';
    this.#agent = join(this.#slaves, id);
    this.#replace(this.#agent, 'agent.info', info);
    const latest = join(this.#slaves, 'latest');
    rmSync(latest, { force: true });
    symlinkSync(id, latest);
  }

  #writeExecutor(executor: Executor, ended = false): void {
    const { info, containerId, directory, commandTask, pid } = executor;
    this.#replace(this.#run(executor), 'executor.info', {
      info,
      containerId,
      directory,
      commandTask,
      ended,
      ...(pid === undefined ? {} : { pid, startTicks: processStat(pid)?.startTicks }),
    });
  }

  #append(executor: Executor, taskId: string, line: object): void {
    const folder = this.#task(executor, taskId);
    // The executor has ended and its checkpoint is gone.
    if (!existsSync(folder)) return;
    appendFileSync(join(folder, 'task.updates'), `${stringifyWire(line)}\n`);
  }

  #framework(id: string): string {
    return join(this.#agent ?? join(this.#slaves, 'unknown'), 'frameworks', id);
  }
  #run(executor: Executor): string {
    return join(this.#framework(executor.frameworkId), 'executors', executor.id, 'runs', executor.containerId);
  }
  #task(executor: Executor, id: string): string {
    return join(this.#run(executor), 'tasks', id);
  }

  #replace(folder: string, name: string, value: unknown): void {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, name);
    writeFileSync(`${path}.new`, stringifyWire(value));
    renameSync(`${path}.new`, path);
  }
}

function readExecutor(folder: string): StoredExecutor[] {
  // Written by this class: the shape is its own.
  const stored = readJson(join(folder, 'executor.info')) as Omit<StoredExecutor, 'tasks'> | undefined;
  if (stored === undefined) return [];
  return [{ ...stored, tasks: subfolders(join(folder, 'tasks')).flatMap(readTask) }];
}

function readTask(folder: string): StoredTask[] {
  const info = readJson(join(folder, 'task.info')) as TaskInfo | undefined;
  if (info === undefined) return [];
  const statuses: TaskStatus[] = [];
  const acknowledged = new Set<string>();
  const path = join(folder, 'task.updates');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  for (const line of lines) {
    const entry = decodeWire(line) as { status?: TaskStatus; acknowledged?: string };
    if (entry.status !== undefined) statuses.push(entry.status);
    if (entry.acknowledged !== undefined) acknowledged.add(entry.acknowledged);
  }
  return [{ info, statuses, acknowledged }];
}

function readJson(path: string): unknown {
  return existsSync(path) ? decodeWire(readFileSync(path, 'utf8')) : undefined;
}

function subfolders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name));
}
