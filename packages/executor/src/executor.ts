import {
  createEventRecorder,
  createInformer,
  PODS,
  SERVICES,
  type EventRecorder,
  type Informer,
  type KubeClient,
} from '@kubernetes-mesos/client';
import type { Pod as ApiPod, Service } from '@kubernetes-mesos/api-types';
import { createMetricsRegistry, errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import type { ExecutorClient, ExecutorEnvironment, ExecutorEventSubscribed } from '@kubernetes-mesos/mesos';
import type { ExecutorFlagValues } from './flags';
import { PodBinder } from './mesos/pod-binder';
import { TaskSession } from './mesos/task-session';
import { ClientApiObjects } from './node/api-objects';
import { NodeAgent } from './node/node-agent';
import { agentCapacity, measurePressure, systemInfo, type NodeFacts } from './node/node-status';
import type { PodPlace } from './pods/downward-api';
import { SpecContainerBuilder } from './pods/container-builder';
import { PodManager } from './pods/pod-manager';
import { StatusWriter } from './pods/status-writer';
import type { ContainerRuntime, RegistryCredentials } from './runtime/runtime';
import { KubeletServer } from './server/kubelet-server';
import { HostVolumeStore } from './volumes/volume-store';

export interface ExecutorParts {
  readonly flags: ExecutorFlagValues;
  readonly environment: ExecutorEnvironment;
  readonly mesos: ExecutorClient;
  readonly api: KubeClient;
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rootDir: string;
  readonly hostIP: string;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly nodeCredentials: () => Promise<readonly RegistryCredentials[]>;
  /** As `nodeInfo.kubeletVersion`. */
  readonly kubeletVersion: string;
}

/** Of the time that an agent gives at SHUTDOWN, what is kept for the last updates, ms. */
const SHUTDOWN_RESERVE_MS = 1_500;
const FLUSH_MS = 5_000;
const SERVICES_PATIENCE_MS = 10_000;
const SYNC_POLL_MS = 10;
const VOLUME_REFRESH_MS = 60_000;
const BIND_PATIENCE_MS = 300_000;

/** A kubelet on the agent that it subscribes to; `run` lasts as long as the executor does. */
export class Executor {
  readonly #parts: ExecutorParts;
  readonly #end = new AbortController();
  #started: StartedExecutor | undefined;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
  }

  /** Until SHUTDOWN, suicide, or `signal`. */
  async run(signal: AbortSignal): Promise<void> {
    const { mesos, logger, runtime, environment } = this.#parts;
    const version = await runtime.version();
    const leftovers = await runtime.removeLeftovers();
    if (leftovers > 0) logger.warn('removed containers of an earlier executor', { containers: leftovers });
    const stop = AbortSignal.any([signal, this.#end.signal]);
    const closeMesos = (): void =>
      void this.#leave().catch((error: unknown) => logger.error('shutdown failed', { error }));
    stop.addEventListener('abort', closeMesos, { once: true });
    if (stop.aborted) closeMesos();
    try {
      for await (const event of mesos.events()) {
        if (event.type === 'SUBSCRIBED') {
          logger.info('subscribed', { agent: event.subscribed.agent_info.id?.value, executor: environment.executorId });
          await this.#start(event.subscribed, version);
        } else if (event.type === 'SHUTDOWN') break;
        else this.#started?.session.handle(event);
      }
    } finally {
      stop.removeEventListener('abort', closeMesos);
      await this.#leave();
    }
  }

  #leaving: Promise<void> | undefined;

  #leave(): Promise<void> {
    this.#leaving ??= this.#shutDown();
    return this.#leaving;
  }

  async #shutDown(): Promise<void> {
    const { environment, logger, mesos, runtime } = this.#parts;
    logger.info('executor ends');
    const graceMs = Math.max(0, environment.shutdownGracePeriodMs - SHUTDOWN_RESERVE_MS);
    await this.#started?.stop(graceMs);
    await mesos.flush(SHUTDOWN_RESERVE_MS / 2);
    await runtime.close();
    await mesos.close();
  }

  async #start(subscribed: ExecutorEventSubscribed, runtimeVersion: string): Promise<void> {
    if (this.#started !== undefined || this.#leaving !== undefined) return;
    this.#started = new StartedExecutor(this.#parts, subscribed, runtimeVersion, () => this.#end.abort());
    await this.#started.start();
  }
}

/** Everything that exists only once the agent has said which node this is. */
class StartedExecutor {
  readonly session: TaskSession;
  readonly #parts: ExecutorParts;
  readonly #subscribed: ExecutorEventSubscribed;
  readonly #runtimeVersion: string;
  readonly #nodeName: string;
  readonly #pods: PodManager;
  readonly #statuses: StatusWriter;
  readonly #events: EventRecorder;
  readonly #services: Informer<Service>;
  readonly #podInformer: Informer<ApiPod>;
  readonly #server: KubeletServer;
  readonly #unsubscribe: (() => void)[] = [];
  #node: NodeAgent | undefined;
  #starting: Promise<void> | undefined;
  #stopping = false;

  constructor(parts: ExecutorParts, subscribed: ExecutorEventSubscribed, runtimeVersion: string, end: () => void) {
    this.#parts = parts;
    this.#subscribed = subscribed;
    this.#runtimeVersion = runtimeVersion;
    const { api, clock, logger, flags, mesos, runtime, environment, rootDir, hostIP } = parts;
    const { agent_info: agent } = subscribed;
    this.#nodeName = flags.hostname_override === '' ? agent.hostname : flags.hostname_override;
    this.#events = createEventRecorder({ client: api, component: 'kubelet', host: this.#nodeName, clock, logger });
    this.#services = createInformer(api, SERVICES, { clock, logger });
    this.#podInformer = createInformer(api, PODS, { fieldSelector: `spec.nodeName=${this.#nodeName}`, clock, logger });
    const cached = (namespace: string, name: string): ApiPod | undefined =>
      this.#podInformer.lister.get(`${namespace}/${name}`);
    this.#statuses = new StatusWriter({ client: api, clock, logger, cached });
    const capacity = agentCapacity(agent.resources ?? []);
    const place = (podIP: string): PodPlace => ({
      nodeName: this.#nodeName,
      hostIP,
      podIP,
      allocatable: { cpu: capacity.cpu, memoryBytes: capacity.memoryBytes },
    });
    const objects = new ClientApiObjects(api, clock);
    this.session = new TaskSession({
      mesos,
      binder: new PodBinder({ client: api, clock, logger, patienceMs: BIND_PATIENCE_MS }),
      statuses: this.#statuses,
      clock,
      logger,
      nodeName: this.#nodeName,
      executorId: environment.executorId,
      agentId: agent.id?.value ?? environment.agentId ?? '',
      suicideTimeoutMs: flags.suicide_timeout,
      launchGraceMs: flags.mesos_launch_grace_period,
      onIdleEnd: (reason) => {
        logger.info('nothing left to do', { reason });
        end();
      },
    });
    this.#pods = new PodManager({
      runtime,
      clock,
      logger,
      hostIP,
      volumes: new HostVolumeStore({ rootDir, objects, place, logger }),
      builder: new SpecContainerBuilder({
        rootDir,
        objects,
        place,
        services: () => this.#services.lister.list(),
        masterNamespace: flags.master_service_namespace,
        clusterDns: flags.cluster_dns,
        clusterDomain: flags.cluster_domain,
        allowPrivileged: flags.allow_privileged,
        allowHostNetwork: flags.host_network_sources.some((source) => source === 'api' || source === '*'),
        nodeCredentials: parts.nodeCredentials,
      }),
      events: this.#events,
      keepDeadContainers: flags.maximum_dead_containers_per_container,
      resyncMs: flags.sync_frequency,
      volumeRefreshMs: VOLUME_REFRESH_MS,
      onStatus: (pod, report) => this.session.podStatus(pod, report),
      onGone: (pod) => this.session.podGone(pod),
    });
    this.session.connect(this.#pods);
    const metrics = createMetricsRegistry();
    this.#server = new KubeletServer({
      address: flags.address === '' ? hostIP : flags.address,
      port: flags.port,
      pods: this.#pods,
      runtime,
      clock,
      logger,
      metrics: () => metrics.metrics(),
      debuggingHandlers: flags.enable_debugging_handlers,
      ...(parts.tls === undefined ? {} : { tls: parts.tls }),
    });
  }

  /** Returns when the API's services are known, so that the first container has its environment. */
  start(): Promise<void> {
    this.#starting ??= this.#begin();
    return this.#starting;
  }

  async #begin(): Promise<void> {
    const { flags, api, clock, logger, hostIP, rootDir, kubeletVersion } = this.#parts;
    const port = flags.enable_server ? await this.#server.start() : 0;
    const info = await systemInfo(kubeletVersion, this.#runtimeVersion);
    const facts = async (): Promise<NodeFacts> => {
      const [pressure, problem] = await Promise.all([measurePressure(rootDir), this.#runtimeProblem()]);
      return {
        name: this.#nodeName,
        hostIP,
        port,
        agent: this.#subscribed.agent_info,
        info,
        maxPods: flags.max_pods,
        pressure,
        ...(problem === undefined ? {} : { runtimeProblem: problem }),
      };
    };
    const periodMs = flags.node_status_update_frequency;
    this.#node = new NodeAgent({ client: api, clock, logger, facts, periodMs, register: flags.register_node });
    this.#node.start();
    this.#unsubscribe.push(this.session.watch(this.#podInformer));
    for (const informer of [this.#podInformer, this.#services]) {
      informer.start().catch((error: unknown) => {
        logger.debug('informer was closed before its first list', { error: errorMessage(error) });
      });
    }
    const deadline = clock.monotonic() + SERVICES_PATIENCE_MS;
    while (!this.#services.synced && !this.#stopping && clock.monotonic() < deadline) await clock.sleep(SYNC_POLL_MS);
    if (!this.#services.synced && !this.#stopping)
      logger.warn('services are not known yet; containers start without their variables');
  }

  /** Ends every pod within `graceMs`, writes what is to be written, lets go of everything. */
  async stop(graceMs: number): Promise<void> {
    const { clock } = this.#parts;
    this.#stopping = true;
    await this.#starting;
    this.session.stopAll(Math.floor(graceMs / 1000));
    const deadline = clock.monotonic() + graceMs;
    while (this.#pods.size > 0 && clock.monotonic() < deadline) await clock.sleep(50);
    await Promise.all([this.#statuses.flush(Math.min(FLUSH_MS, graceMs)), this.#node?.close()]);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.session.close();
    this.#statuses.close();
    await this.#server.close();
    await Promise.all([this.#podInformer.close(), this.#services.close(), this.#events.close(), this.#pods.close()]);
  }

  async #runtimeProblem(): Promise<string | undefined> {
    if (this.#parts.runtime.name === 'process') return undefined;
    return this.#parts.runtime.version().then(
      () => undefined,
      (error: unknown) => `container runtime is down: ${errorMessage(error)}`,
    );
  }
}
