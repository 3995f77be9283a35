import type { Readable, Writable } from 'node:stream';
import type { Container, Pod } from '../api/core-v1';

/**
 * What the pod workers need of whatever runs containers. Everything is addressed by the pod's uid or by a container id
 * that `startContainer` returned; a runtime touches only what it has made for this executor.
 */
export interface ContainerRuntime {
  /** Prefix of container and image ids in statuses: `docker://<id>`. */
  readonly name: 'docker' | 'process';
  /** As `nodeInfo.containerRuntimeVersion`: `docker://20.10.24`. Fails when the runtime is not usable. */
  version(): Promise<string>;
  /** Removes what an earlier executor of this agent left behind; returns how many containers there were. */
  removeLeftovers(): Promise<number>;
  observe(podUid: string): Promise<ObservedPod>;
  /** Makes what a pod's containers share: network, directories, the pause container. */
  createSandbox(spec: SandboxSpec): Promise<void>;
  /** Ends the sandbox but keeps dead containers and their logs. */
  stopSandbox(podUid: string): Promise<void>;
  /** Removes the pod with all its containers, running or not. Idempotent. */
  removePod(podUid: string): Promise<void>;
  /** Id of an image that is present, `undefined` when it has to be pulled. */
  imageId(image: string): Promise<string | undefined>;
  /** @throws ImagePullError */
  pullImage(image: string, credentials: readonly RegistryCredentials[]): Promise<string>;
  /** @throws ContainerStartError */
  startContainer(spec: ContainerStart): Promise<string>;
  /** SIGTERM, then SIGKILL after the grace; resolves when the container is dead. Idempotent. */
  stopContainer(id: string, graceMs: number): Promise<void>;
  removeContainer(id: string): Promise<void>;
  logs(id: string, options: LogOptions): Promise<Readable>;
  exec(id: string, options: ExecOptions): Promise<ExecSession>;
  attach(id: string, options: StreamOptions): Promise<ExecSession>;
  /** Where a connection to `port` of a container of the pod has to go to. */
  address(podUid: string, port: number): Promise<{ readonly host: string; readonly port: number }>;
  /** Called with the uid of a pod in which something started or died. Returns how to unsubscribe. */
  onChange(listener: (podUid: string) => void): () => void;
  /** Ends every container of this executor at once and lets go of the runtime. Idempotent. */
  close(): Promise<void>;
}

export interface ObservedPod {
  readonly sandbox?: ObservedSandbox;
  /** Every container that exists, dead ones included, in the order of their making. */
  readonly containers: readonly ObservedContainer[];
}

export interface ObservedSandbox {
  readonly id: string;
  readonly running: boolean;
  readonly ip: string;
  /** 0 for a pod's first sandbox. */
  readonly attempt: number;
  readonly image: string;
  readonly imageId: string;
  /** Times in ms since the epoch. */
  readonly startedAt: number;
  /** Present once it has ended. */
  readonly end?: { readonly finishedAt: number; readonly exitCode: number };
}

export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  /** 0 for the first, counted up at each restart. */
  readonly attempt: number;
  readonly image: string;
  readonly imageId: string;
  readonly state: ObservedState;
}

/** Times in ms since the epoch. */
export type ObservedState =
  { readonly phase: 'created' } | { readonly phase: 'running'; readonly startedAt: number } | ExitedState;

export interface ExitedState {
  readonly phase: 'exited';
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly exitCode: number;
  readonly signal?: number;
  readonly outOfMemory?: boolean;
  /** Termination message, or why it could not run. */
  readonly message?: string;
}

export interface SandboxSpec {
  readonly pod: Pod;
  readonly attempt: number;
  readonly hostname: string;
  /** `undefined`: the host's own. */
  readonly dns?: DnsConfig;
}

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface ContainerStart {
  readonly pod: Pod;
  readonly container: Container;
  readonly attempt: number;
  /** With `$(VAR)` replaced; `undefined` means the image's own. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly mounts: readonly Mount[];
  /** Cores in thousandths. */
  readonly cpuRequestMilli?: number;
  readonly cpuLimitMilli?: number;
  readonly memoryLimitBytes?: number;
  /** File on the host that is the container's `terminationMessagePath`. */
  readonly terminationMessageFile: string;
}

export interface Mount {
  readonly name: string;
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

export interface RegistryCredentials {
  /** Registry host that they are for, `''` for all. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

/** How much of each container's log is kept. */
export interface LogLimits {
  /** A file is begun anew before it grows beyond this. */
  readonly maxBytes: number;
  /** Files that are kept, with the one that is written; at least 2. */
  readonly maxFiles: number;
}

/** As the kubelet's `--container-log-max-size` and `--container-log-max-files`. */
export const DEFAULT_LOG_LIMITS: LogLimits = { maxBytes: 10 * 1024 * 1024, maxFiles: 5 };

export interface LogOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** Last lines only; `undefined` is all. */
  readonly tailLines?: number;
  /** ms since the epoch */
  readonly since?: number;
  readonly limitBytes?: number;
  readonly signal?: AbortSignal;
}

export interface StreamOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface ExecOptions extends StreamOptions {
  readonly command: readonly string[];
}

/** A command that runs in a container; `stdin` is absent when not asked for. */
export interface ExecSession {
  readonly stdin?: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  resize(columns: number, rows: number): Promise<void>;
  /** Exit code when the command has ended; an attach ends with the container, and is no failure whatever its exit code. */
  readonly exit: Promise<number>;
  /** Lets go of the streams; ends the command when the runtime can. */
  close(): void;
}

/** The image cannot be had; `reason` is what the container's status shows first. */
export class ImagePullError extends Error {
  override readonly name = 'ImagePullError';
  readonly reason: 'ErrImagePull' | 'ErrImageNeverPull' | 'InvalidImageName';
  constructor(reason: ImagePullError['reason'], message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.reason = reason;
  }
}

/** A container could not be made or started. */
export class ContainerStartError extends Error {
  override readonly name = 'ContainerStartError';
  readonly reason: 'CreateContainerConfigError' | 'CreateContainerError' | 'RunContainerError' | 'PostStartHookError';
  constructor(reason: ContainerStartError['reason'], message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.reason = reason;
  }
}

/** The pod, container or stream that was asked for is not there. */
export class NoSuchContainerError extends Error {
  override readonly name = 'NoSuchContainerError';
}
