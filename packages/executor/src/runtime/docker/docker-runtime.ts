import { PassThrough, Readable, type Duplex } from 'node:stream';
import { EventEmitter } from 'node:events';
import Docker from 'dockerode';
import { Backoff, errorMessage, systemClock, type Logger } from '@kubernetes-mesos/component-base';
import { pauseLayer, type PauseArchitecture } from '../../images/pause-image';
import { registryOf } from '../../images/registry-credentials';
import {
  ContainerStartError,
  ImagePullError,
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
  type RegistryCredentials,
  type SandboxSpec,
  type StreamOptions,
} from '../runtime';
import { sharedInput } from '../shared-input';
import { connection, daemonText, ignoringMissing, ignoringStopped, pullError, splitTag, withTag } from './daemon';
import { containerOptions, sandboxOptions, type CreateContext } from './create-options';
import { INFRA_NAME, LABELS } from './names';
import { imageIdText, observedContainer, observedSandbox } from './observed-container';
import { FrameStripper, Limiter } from './streams';

export interface DockerRuntimeOptions {
  /** `''` is DOCKER_HOST, or the default socket. */
  readonly endpoint: string;
  readonly hostIP: string;
  /** Label of every container that this executor makes. */
  readonly owner: string;
  readonly pauseImage: string;
  readonly cgroupParent: string;
  readonly logger: Logger;
  readonly logLimits: LogLimits;
}

const STOP_MARGIN_MS = 10_000;

/** Containers of a Docker daemon: a pause container for each pod, the pod's containers in its namespaces. */
export class DockerRuntime implements ContainerRuntime {
  readonly name = 'docker';
  readonly #docker: Docker;
  readonly #options: DockerRuntimeOptions;
  readonly #context: CreateContext;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #abort = new AbortController();
  /** Dead containers do not change any more. */
  readonly #dead = new Map<string, ObservedContainer>();
  #pause: Promise<string> | undefined;
  #logDriver: Promise<string> | undefined;
  #watching: Promise<void> | undefined;

  constructor(options: DockerRuntimeOptions) {
    this.#options = options;
    this.#docker = new Docker(connection(options.endpoint));
    this.#context = { owner: options.owner, hostIP: options.hostIP, cgroupParent: options.cgroupParent };
  }

  async version(): Promise<string> {
    const { Version } = await this.#docker.version();
    this.#watching ??= this.#watch();
    return `docker://${Version}`;
  }

  async removeLeftovers(): Promise<number> {
    const found = await this.#list([`${LABELS.owner}=${this.#options.owner}`]);
    const ours = found.filter(({ Names }) => Names.some((name) => name.startsWith('/k8s_')));
    await Promise.all(ours.map(({ Id }) => this.#remove(Id)));
    return ours.length;
  }

  async observe(podUid: string): Promise<ObservedPod> {
    const found = await this.#listPod(podUid);
    let sandbox: ObservedSandbox | undefined;
    const containers: ObservedContainer[] = [];
    await Promise.all(
      found.map(async ({ Id: id, Labels: labels }) => {
        const cached = this.#dead.get(id);
        if (cached !== undefined) {
          containers.push(cached);
          return;
        }
        const info = await ignoringMissing(this.#docker.getContainer(id).inspect());
        if (info === undefined) return;
        if (labels[LABELS.containerName] === INFRA_NAME) {
          const other = observedSandbox(info, this.#options.hostIP);
          if (sandbox === undefined || other.attempt >= sandbox.attempt) sandbox = other;
          return;
        }
        const observed = await observedContainer(info);
        if (observed.state.phase === 'exited') this.#dead.set(id, observed);
        containers.push(observed);
      }),
    );
    containers.sort((a, b) => a.attempt - b.attempt);
    return sandbox === undefined ? { containers } : { sandbox, containers };
  }

  async createSandbox(spec: SandboxSpec): Promise<void> {
    const uid = spec.pod.metadata.uid ?? '';
    this.#pause ??= this.#providePause();
    const image = await this.#pause.catch((error: unknown) => {
      this.#pause = undefined;
      throw error;
    });
    for (const { Id, Labels } of await this.#listPod(uid)) {
      if (Labels[LABELS.containerName] === INFRA_NAME) await this.#remove(Id);
    }
    const container = await this.#docker.createContainer(sandboxOptions(spec, image, this.#context));
    try {
      await container.start();
    } catch (error) {
      await this.#remove(container.id);
      throw error;
    }
  }

  async stopSandbox(podUid: string): Promise<void> {
    for (const { Id, Labels, State } of await this.#listPod(podUid)) {
      if (Labels[LABELS.containerName] === INFRA_NAME && State === 'running') await this.stopContainer(Id, 0);
    }
  }

  async removePod(podUid: string): Promise<void> {
    const found = await this.#listPod(podUid);
    const infra = found.filter(({ Labels }) => Labels[LABELS.containerName] === INFRA_NAME);
    await Promise.all(found.filter((info) => !infra.includes(info)).map(({ Id }) => this.removeContainer(Id)));
    await Promise.all(infra.map(({ Id }) => this.#remove(Id)));
  }

  async imageId(image: string): Promise<string | undefined> {
    const info = await ignoringMissing(this.#docker.getImage(image).inspect());
    return info === undefined ? undefined : imageIdText(info.Id);
  }

  async pullImage(image: string, credentials: readonly RegistryCredentials[]): Promise<string> {
    const registry = registryOf(image);
    const login = credentials.find((entry) => entry.registry === registry || entry.registry === '');
    const authconfig =
      login === undefined
        ? {}
        : { authconfig: { username: login.username, password: login.password, serveraddress: login.registry } };
    try {
      const stream: NodeJS.ReadableStream = await this.#docker.pull(withTag(image), authconfig);
      await new Promise<void>((resolve, reject) => {
        this.#docker.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      throw pullError(image, error);
    }
    const id = await this.imageId(image);
    if (id === undefined) throw new ImagePullError('ErrImagePull', `image ${image} is not there after its pull`);
    return id;
  }

  async startContainer(spec: ContainerStart): Promise<string> {
    const uid = spec.pod.metadata.uid ?? '';
    const { sandbox } = await this.observe(uid);
    if (sandbox?.running !== true) throw new NoSuchContainerError(`pod ${uid} has no running sandbox`);
    const options = containerOptions(spec, sandbox.id, { ...this.#context, ...(await this.#logConfig()) });
    const container = await this.#docker.createContainer(options).catch((error: unknown) => {
      throw new ContainerStartError('CreateContainerError', daemonText(error), { cause: error });
    });
    try {
      await container.start();
    } catch (error) {
      await this.#remove(container.id);
      throw new ContainerStartError('RunContainerError', daemonText(error), { cause: error });
    }
    return container.id;
  }

  async stopContainer(id: string, graceMs: number): Promise<void> {
    const container = this.#docker.getContainer(id);
    if (graceMs <= 0) {
      await ignoringStopped(container.kill());
      await ignoringMissing(container.wait());
      return;
    }
    const abortSignal = AbortSignal.timeout(Math.ceil(graceMs) + STOP_MARGIN_MS);
    await ignoringStopped(container.stop({ t: Math.max(1, Math.round(graceMs / 1000)), abortSignal }));
  }

  async removeContainer(id: string): Promise<void> {
    this.#dead.delete(id);
    await this.#remove(id);
  }

  async logs(id: string, options: LogOptions): Promise<Readable> {
    const container = this.#docker.getContainer(id);
    const info = await ignoringMissing(container.inspect());
    if (info === undefined) throw new NoSuchContainerError(`container ${id} does not exist`);
    const common = {
      stdout: true,
      stderr: true,
      timestamps: options.timestamps,
      ...(options.tailLines === undefined ? {} : { tail: options.tailLines }),
      ...(options.since === undefined ? {} : { since: options.since / 1000 }),
    };
    const source: NodeJS.ReadableStream = options.follow
      ? await container.logs({
          ...common,
          follow: true,
          ...(options.signal === undefined ? {} : { abortSignal: options.signal }),
        })
      : Readable.from([await container.logs({ ...common, follow: false })]);
    const limit = options.limitBytes ?? Number.POSITIVE_INFINITY;
    const shown = info.Config.Tty ? new Limiter(limit) : new FrameStripper(limit);
    source.once('error', () => shown.end());
    return source.pipe(shown);
  }

  async exec(id: string, options: ExecOptions): Promise<ExecSession> {
    const { command, stdin, stdout, stderr, tty } = options;
    const exec = await this.#docker.getContainer(id).exec({
      Cmd: [...command],
      AttachStdin: stdin,
      AttachStdout: stdout,
      AttachStderr: stderr,
      Tty: tty,
    });
    const stream = await exec.start({ hijack: true, stdin, Tty: tty });
    const ended = this.#session(stream, options);
    return {
      ...ended.session,
      resize: async (columns, rows) => void (await exec.resize({ w: columns, h: rows })),
      exit: ended.done.then(async () => (await exec.inspect()).ExitCode ?? 0),
    };
  }

  async attach(id: string, options: StreamOptions): Promise<ExecSession> {
    const container = this.#docker.getContainer(id);
    const { stdin, stdout, stderr } = options;
    const stream = await container.attach({ stream: true, hijack: true, stdin, stdout, stderr });
    const { Config } = await container.inspect();
    const ended = this.#session(stream as Duplex, { ...options, tty: Config.Tty });
    return {
      ...ended.session,
      // Docker takes the end of the input for the end of the attachment.
      ...(stdin ? { stdin: sharedInput(stream as Duplex, Config.StdinOnce) } : {}),
      resize: async (columns, rows) => void (await container.resize({ w: columns, h: rows })),
      exit: ended.done.then(() => 0),
    };
  }

  async address(podUid: string, port: number): Promise<{ readonly host: string; readonly port: number }> {
    const { sandbox } = await this.observe(podUid);
    return { host: sandbox?.ip === undefined || sandbox.ip === '' ? this.#options.hostIP : sandbox.ip, port };
  }

  onChange(listener: (podUid: string) => void): () => void {
    this.#changes.on('change', listener);
    return () => this.#changes.off('change', listener);
  }

  async close(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    await this.removeLeftovers();
    await this.#watching;
  }

  #session(
    stream: Duplex,
    options: StreamOptions,
  ): { session: Pick<ExecSession, 'stdin' | 'stdout' | 'stderr' | 'close'>; done: Promise<void> } {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    if (options.tty) stream.pipe(stdout, { end: false });
    else this.#docker.modem.demuxStream(stream, stdout, stderr);
    const done = new Promise<void>((resolve) => {
      const end = (): void => {
        stdout.end();
        stderr.end();
        resolve();
      };
      stream.once('end', end);
      stream.once('close', end);
      stream.once('error', end);
    });
    return {
      session: { stdout, stderr, close: () => stream.destroy(), ...(options.stdin ? { stdin: stream } : {}) },
      done,
    };
  }

  /** Drivers that write no files of their own, or are told otherwise how many, are left as they are. */
  async #logConfig(): Promise<Pick<CreateContext, 'logConfig'>> {
    this.#logDriver ??= this.#docker.info().then((info: { LoggingDriver?: string }) => info.LoggingDriver ?? '');
    const driver = await this.#logDriver;
    if (driver !== 'json-file' && driver !== 'local') return {};
    const { maxBytes, maxFiles } = this.#options.logLimits;
    return { logConfig: { Type: driver, Config: { 'max-size': String(maxBytes), 'max-file': String(maxFiles) } } };
  }

  /** The pause image: present, pulled, or made here. */
  async #providePause(): Promise<string> {
    const { pauseImage, logger } = this.#options;
    if ((await this.imageId(pauseImage)) !== undefined) return pauseImage;
    try {
      await this.pullImage(pauseImage, []);
      return pauseImage;
    } catch (error) {
      logger.info('pause image cannot be pulled, making it here', { image: pauseImage, error: errorMessage(error) });
    }
    const { Arch } = await this.#docker.version();
    if (Arch !== 'amd64' && Arch !== 'arm64') throw new Error(`no pause program for the architecture ${Arch}`);
    const architecture: PauseArchitecture = Arch;
    const [repo, tag] = splitTag(pauseImage);
    const stream: NodeJS.ReadableStream = await this.#docker.importImage(Readable.from([pauseLayer(architecture)]), {
      repo,
      tag,
      changes: 'ENTRYPOINT ["/pause"]',
    });
    await new Promise<void>((resolve, reject) => {
      this.#docker.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error)));
    });
    return pauseImage;
  }

  /** Tells of starts and deaths; what is missed while Docker is away is found by the workers' own resync. */
  async #watch(): Promise<void> {
    const { signal } = this.#abort;
    const backoff = new Backoff({ initialMs: 200, maxMs: 10_000 });
    while (!signal.aborted) {
      try {
        const stream = await this.#docker.getEvents({
          filters: { type: ['container'], event: ['start', 'die'], label: [`${LABELS.owner}=${this.#options.owner}`] },
          abortSignal: signal,
        });
        backoff.reset();
        let rest = '';
        for await (const chunk of stream) {
          const lines = (rest + String(chunk)).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) this.#event(line);
        }
      } catch (error) {
        if (!signal.aborted) this.#options.logger.warn('events of Docker broke off', { error: errorMessage(error) });
      }
      await systemClock.sleep(backoff.next(), { signal }).catch(() => undefined);
    }
  }

  #event(line: string): void {
    const event: unknown = JSON.parse(line);
    if (typeof event !== 'object' || event === null || !('Actor' in event)) return;
    const { Actor: actor } = event;
    if (typeof actor !== 'object' || actor === null || !('Attributes' in actor)) return;
    const { Attributes: attributes } = actor;
    if (typeof attributes !== 'object' || attributes === null) return;
    const uid: unknown = Reflect.get(attributes, LABELS.podUid);
    if (typeof uid === 'string') this.#changes.emit('change', uid);
  }

  #listPod(podUid: string): Promise<Docker.ContainerInfo[]> {
    return this.#list([`${LABELS.owner}=${this.#options.owner}`, `${LABELS.podUid}=${podUid}`]);
  }

  #list(label: string[]): Promise<Docker.ContainerInfo[]> {
    return this.#docker.listContainers({ all: true, filters: { label } });
  }

  async #remove(id: string): Promise<void> {
    await ignoringMissing(this.#docker.getContainer(id).remove({ force: true, v: true }));
  }
}
