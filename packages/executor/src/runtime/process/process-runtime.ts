import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import type { Logger } from '@kubernetes-mesos/component-base';
import type { ImageMap } from '../../images/image-map';
import {
  ContainerStartError,
  NoSuchContainerError,
  type ContainerRuntime,
  type ContainerStart,
  type ExecOptions,
  type ExecSession,
  type LogLimits,
  type LogOptions,
  type ObservedContainer,
  type ObservedPod,
  type ObservedSandbox,
  type ObservedState,
  type SandboxSpec,
  type StreamOptions,
} from '../runtime';
import { execProcess } from './exec-process';
import { writeHosts, writeResolvConf } from './network-files';
import { ContainerLog } from './container-log';
import { readLog } from './log-reader';
import { detectIsolation, enterCommand, firstProcess, isolatedCommand, type Isolation, type Layer } from './isolation';
import { imageDigest, planLaunch } from './launch-plan';
import { killLeftovers, MARKER } from './leftovers';
import { ManagedProcess } from './managed-process';
import { createOutputPipes } from './output-pipes';
import { PortMap } from './port-map';
import { sharedInput } from '../shared-input';
import { Terminal, withTerminal } from './terminal';
import { terminationMessage } from './termination-message';
import { Watchdog } from './watchdog';

export interface ProcessRuntimeOptions {
  /** Holds `pods/<uid>/containers/...`. */
  readonly rootDir: string;
  readonly hostIP: string;
  readonly images: ImageMap;
  /** What a pod's network container is said to run. There is none: a pod has the network of the host. */
  readonly pauseImage: string;
  /** The program and leading arguments that run `km`. */
  readonly km: readonly string[];
  /** Names this executor among all of this machine; marks its processes. */
  readonly owner: string;
  readonly logger: Logger;
  readonly logLimits: LogLimits;
  /** Default: as far as the host allows. */
  readonly isolation?: Isolation;
}

interface PodRecord {
  readonly sandboxId: string;
  readonly startedAt: number;
  readonly spec: SandboxSpec;
  readonly ports: PortMap;
  readonly containers: ContainerRecord[];
  /** When the sandbox ended, ms since the epoch. */
  finishedAt?: number;
}

interface ContainerRecord {
  readonly id: string;
  readonly spec: ContainerStart;
  readonly process: ManagedProcess;
  readonly isolated: boolean;
  readonly directory: string;
  readonly log: ContainerLog;
  readonly environment: Readonly<Record<string, string>>;
  /** Commands that run beside its own. */
  readonly execs: Set<ExecSession>;
  message?: string;
}

/**
 * Containers as supervised processes of the host, for machines without a container engine. A pod has the host's network:
 * its ports are served at their host ports, its IP is the host's. When the executor dies its containers die with it.
 */
export class ProcessRuntime implements ContainerRuntime {
  readonly name = 'process';
  readonly #options: ProcessRuntimeOptions;
  readonly #pods = new Map<string, PodRecord>();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #isolation: Isolation | undefined;
  #watchdog: Watchdog | undefined;
  #closed = false;
  #limitsWarned = false;

  constructor(options: ProcessRuntimeOptions) {
    this.#options = options;
    this.#isolation = options.isolation;
  }

  async version(): Promise<string> {
    await mkdir(this.#options.rootDir, { recursive: true });
    this.#isolation ??= await detectIsolation(this.#options.rootDir);
    this.#options.logger.info('containers are processes of this host', { isolation: this.#isolation });
    return `process://1.0.0`;
  }

  removeLeftovers(): Promise<number> {
    return killLeftovers(this.#options.owner);
  }

  async observe(podUid: string): Promise<ObservedPod> {
    const pod = this.#pods.get(podUid);
    if (pod === undefined) return { containers: [] };
    const containers = pod.containers.map((record): ObservedContainer => {
      const { id, spec } = record;
      const image = spec.container.image ?? '';
      const state = this.#stateOf(record);
      return { id, name: spec.container.name, attempt: spec.attempt, image, imageId: imageDigest(image), state };
    });
    const { hostIP, pauseImage } = this.#options;
    const { sandboxId: id, startedAt, finishedAt } = pod;
    const sandbox: ObservedSandbox = {
      id,
      running: finishedAt === undefined,
      ip: hostIP,
      attempt: pod.spec.attempt,
      image: pauseImage,
      imageId: imageDigest(pauseImage),
      startedAt,
      ...(finishedAt === undefined ? {} : { end: { finishedAt, exitCode: 0 } }),
    };
    return { sandbox, containers };
  }

  async createSandbox(spec: SandboxSpec): Promise<void> {
    const uid = spec.pod.metadata.uid ?? '';
    await mkdir(this.#podDirectory(uid), { recursive: true });
    const before = this.#pods.get(uid)?.containers ?? [];
    const ports = new PortMap(spec.pod, this.#options.hostIP);
    this.#pods.set(uid, { sandboxId: newId(), startedAt: Date.now(), spec, ports, containers: [...before] });
  }

  async stopSandbox(podUid: string): Promise<void> {
    const pod = this.#pods.get(podUid);
    if (pod === undefined) return;
    await Promise.all(pod.containers.map((record) => record.process.stop(0)));
    pod.finishedAt ??= Date.now();
  }

  async removePod(podUid: string): Promise<void> {
    await this.stopSandbox(podUid);
    this.#pods.delete(podUid);
    await rm(join(this.#podDirectory(podUid), 'containers'), { recursive: true, force: true });
  }

  async imageId(image: string): Promise<string | undefined> {
    return imageDigest(image);
  }

  /** There is nothing to pull: an image is a name in the map, or stands for the host itself. */
  async pullImage(image: string): Promise<string> {
    return imageDigest(image);
  }

  async startContainer(spec: ContainerStart): Promise<string> {
    const uid = spec.pod.metadata.uid ?? '';
    const pod = this.#pods.get(uid);
    if (this.#closed) throw new NoSuchContainerError('the executor is ending');
    if (pod === undefined || pod.finishedAt !== undefined) throw new NoSuchContainerError(`pod ${uid} has no sandbox`);
    const { images, km, hostIP, owner } = this.#options;
    const id = newId();
    const directory = join(this.#podDirectory(uid), 'containers', spec.container.name, String(spec.attempt));
    await mkdir(directory, { recursive: true });
    const plan = await planLaunch(spec, { images, km, hostIP, ports: pod.ports, directory });
    const environment = {
      ...(spec.container.tty === true ? { TERM: 'xterm' } : {}),
      ...plan.environment,
      [MARKER]: `${owner}/${id}`,
    };
    const isolated = this.#isolation === 'namespaces' && spec.pod.spec.hostPID !== true;
    const hasTerminal = spec.container.tty === true;
    const inner = hasTerminal ? withTerminal(plan.command) : plan.command;
    const command = isolated ? await isolatedCommand(await this.#layer(spec, pod.spec, directory), inner) : inner;
    if (!isolated) this.#warnOfMounts(spec);
    this.#warnOfLimits(spec);
    const user = spec.container.securityContext?.runAsUser ?? spec.pod.spec.securityContext?.runAsUser;
    const pipes = await createOutputPipes(directory);
    if (this.#isClosed()) {
      pipes.handOver();
      throw new NoSuchContainerError('the executor is ending');
    }
    const log = new ContainerLog(join(directory, 'container.log'), this.#options.logLimits);
    const process = new ManagedProcess({
      command,
      environment,
      cwd: isolated ? '/' : (spec.container.workingDir ?? directory),
      // A terminal without a keyboard is still no terminal at its end.
      stdin: spec.container.stdin === true || hasTerminal,
      log,
      pipes,
      isolated,
      onExit: () => this.#ended(uid, id),
      ...(isolated || user === undefined ? {} : { uid: user, gid: user }),
    });
    pod.containers.push({ id, spec, process, isolated, directory, log, environment, execs: new Set() });
    if (process.pid !== undefined) {
      this.#watchdog ??= new Watchdog();
      this.#watchdog.add(process.pid);
    }
    if (!(await process.ready)) {
      await process.exited;
      pod.containers.splice(
        pod.containers.findIndex((record) => record.id === id),
        1,
      );
      const message = await textOf(readLog(log, { follow: false, timestamps: false, tailLines: 5 }, () => false));
      throw new ContainerStartError('RunContainerError', message.trim() || 'its namespaces could not be made');
    }
    return id;
  }

  async stopContainer(id: string, graceMs: number): Promise<void> {
    await this.#find(id)?.process.stop(graceMs);
  }

  async removeContainer(id: string): Promise<void> {
    for (const pod of this.#pods.values()) {
      const index = pod.containers.findIndex((record) => record.id === id);
      const record = pod.containers[index];
      if (record === undefined) continue;
      await record.process.stop(0);
      pod.containers.splice(index, 1);
      await rm(record.directory, { recursive: true, force: true });
    }
  }

  async logs(id: string, options: LogOptions): Promise<Readable> {
    const record = this.#existing(id);
    return readLog(record.log, options, () => record.process.state.phase === 'running');
  }

  async exec(id: string, options: ExecOptions): Promise<ExecSession> {
    const record = this.#existing(id);
    if (record.process.state.phase !== 'running') throw new NoSuchContainerError('container not running');
    let command = options.tty ? withTerminal(options.command) : [...options.command];
    if (record.isolated) {
      const first = record.process.pid === undefined ? undefined : await firstProcess(record.process.pid);
      if (first === undefined) throw new NoSuchContainerError('container not running');
      command = enterCommand(first, command, record.spec.container.workingDir ?? '/');
    }
    const session = await execProcess(command, {
      tty: options.tty,
      stdin: options.stdin,
      environment: options.tty ? { TERM: 'xterm', ...record.environment } : record.environment,
      cwd: record.isolated ? '/' : (record.spec.container.workingDir ?? record.directory),
      pipeDirectory: record.directory,
      watchdog: (this.#watchdog ??= new Watchdog()),
    });
    // It ends with its container; by the kernel's hand only where the container has a process namespace.
    record.execs.add(session);
    void session.exit.then(() => record.execs.delete(session));
    if (record.process.state.phase !== 'running') session.close();
    return session;
  }

  async attach(id: string, options: StreamOptions): Promise<ExecSession> {
    const { process, spec } = this.#existing(id);
    if (process.state.phase !== 'running') throw new NoSuchContainerError('container not running');
    const watched = process.watch();
    const { stdin, pid } = process;
    const terminal = spec.container.tty === true && pid !== undefined ? new Terminal(pid) : undefined;
    return {
      ...(options.stdin && spec.container.stdin === true && stdin !== undefined
        ? { stdin: sharedInput(stdin, spec.container.stdinOnce === true) }
        : {}),
      stdout: watched.stdout,
      stderr: watched.stderr,
      resize: async (columns, rows) => terminal?.resize(columns, rows),
      exit: process.exited.then(() => 0),
      close: () => watched.unwatch(),
    };
  }

  async address(podUid: string, port: number): Promise<{ readonly host: string; readonly port: number }> {
    return this.#pods.get(podUid)?.ports.address(port) ?? { host: this.#options.hostIP, port };
  }

  onChange(listener: (podUid: string) => void): () => void {
    this.#changes.on('change', listener);
    return () => this.#changes.off('change', listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#pods.keys()].map((uid) => this.stopSandbox(uid)));
    await this.#watchdog?.close();
    this.#watchdog = undefined;
  }

  #ended(uid: string, id: string): void {
    const record = this.#find(id);
    const pid = record?.process.pid;
    if (pid !== undefined) this.#watchdog?.remove(pid);
    for (const session of record?.execs ?? []) session.close();
    const notify = (): void => void this.#changes.emit('change', uid);
    if (record === undefined) {
      notify();
      return;
    }
    terminationMessage({ ...record, state: record.process.state }).then(
      (message) => {
        if (message !== '') record.message = message;
        notify();
      },
      () => notify(),
    );
  }

  /** Asked again after an await; the compiler would take the first answer for granted. */
  #isClosed(): boolean {
    return this.#closed;
  }

  #stateOf(record: ContainerRecord): ObservedState {
    const { state } = record.process;
    return state.phase === 'exited' && record.message !== undefined ? { ...state, message: record.message } : state;
  }

  async #layer(spec: ContainerStart, sandbox: SandboxSpec, directory: string): Promise<Layer> {
    const files = new Map<string, string>();
    const pod = this.#podDirectory(spec.pod.metadata.uid ?? '');
    files.set('/etc/hosts', await writeHosts(pod, sandbox, this.#options.hostIP));
    if (sandbox.dns !== undefined) files.set('/etc/resolv.conf', await writeResolvConf(pod, sandbox.dns));
    files.set(spec.container.terminationMessagePath ?? '/dev/termination-log', spec.terminationMessageFile);
    const own = spec.container.securityContext;
    const ofPod = spec.pod.spec.securityContext;
    const uid = own?.runAsUser ?? ofPod?.runAsUser;
    const gid = own?.runAsGroup ?? ofPod?.runAsGroup;
    return {
      directory,
      hostname: sandbox.hostname,
      mounts: spec.mounts,
      files,
      readOnlyRoot: own?.readOnlyRootFilesystem === true,
      ...(spec.container.workingDir === undefined ? {} : { workingDir: spec.container.workingDir }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    };
  }

  /** Once: it is as true of every other container. */
  #warnOfLimits(spec: ContainerStart): void {
    if (this.#limitsWarned || (spec.memoryLimitBytes === undefined && spec.cpuLimitMilli === undefined)) return;
    this.#limitsWarned = true;
    this.#options.logger.warn('limits of cpu and memory do not bind containers that are processes of this host', {
      pod: `${spec.pod.metadata.namespace ?? ''}/${spec.pod.metadata.name ?? ''}`,
    });
  }

  #warnOfMounts(spec: ContainerStart): void {
    const missing = spec.mounts.filter(({ containerPath }) => !containerPath.startsWith('/var/run/secrets/'));
    if (missing.length === 0) return;
    this.#options.logger.warn('volumes are not mounted: this host allows no mount namespaces', {
      pod: `${spec.pod.metadata.namespace ?? ''}/${spec.pod.metadata.name ?? ''}`,
      paths: missing.map(({ containerPath }) => containerPath),
    });
  }

  #podDirectory(uid: string): string {
    return join(this.#options.rootDir, 'pods', uid);
  }

  #find(id: string): ContainerRecord | undefined {
    for (const pod of this.#pods.values()) {
      const record = pod.containers.find((other) => other.id === id);
      if (record !== undefined) return record;
    }
    return undefined;
  }

  #existing(id: string): ContainerRecord {
    const record = this.#find(id);
    if (record === undefined) throw new NoSuchContainerError(`container ${id} does not exist`);
    return record;
  }
}

function newId(): string {
  return randomBytes(32).toString('hex');
}
