import { randomUUID } from 'node:crypto';
import { systemClock, silentLogger, type Clock, type Logger, type Timer } from '@kubernetes-mesos/component-base';
import {
  createMasterDetector,
  type Attribute,
  type ExecutorEvent,
  type MasterDetector,
  type Resource,
  type TaskState,
} from '@kubernetes-mesos/mesos';
import { AGENT_CAPABILITIES, randomUuid } from './agent-identity';
import { AgentCore } from './core';
import type { AgentEffect } from './effects';
import { executorEnded, executorStarted, executorSubscribed, executorUpdate, expireExecutors } from './executors';
import { MasterConnection } from './master-connection';
import { inventory, masterMessage, retryUpdates } from './master-messages';
import { MESOS_VERSION } from '../version';
import type { Executor } from './state';

export interface SimulationOptions {
  readonly master: string;
  /** How many agents. */
  readonly count: number;
  /** Of each agent. */
  readonly resources: readonly Resource[];
  readonly attributes?: readonly Attribute[];
  /** Host names are this and a number. Default `simulated-`. */
  readonly hostnamePrefix?: string;
  /** Address from which the master is reached, and that the agents advertise. Default 127.0.0.1. */
  readonly ip?: string;
  /** Advertised; nothing listens there. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export interface Simulation {
  /** Agents that a master has admitted. */
  readonly registered: number;
  /** Tasks that run on all of them. */
  readonly running: number;
  /** Breaks every connection, as a power cut would. */
  close(): Promise<void>;
}

/** How often deadlines and repeated updates of all agents are looked at, ms. */
const TICK_MS = 1000;
/** Connections that are opened at once. */
const CONNECTIONS_AT_ONCE = 50;

/**
 * Many agents in one process, each with a connection of its own to the master and all the decisions of a real one, but
 * with executors that are a few lines of this file: a task runs as soon as it arrives and ends when it is killed. Nothing
 * is kept on disk and no agent API is served.
 */
export async function startSimulation(options: SimulationOptions): Promise<Simulation> {
  const { clock = systemClock } = options;
  const detector = createMasterDetector(options.master);
  const agents = Array.from(
    { length: options.count },
    (_, index) => new SimulatedAgent(index, options, detector, clock),
  );
  for (let at = 0; at < agents.length; at += CONNECTIONS_AT_ONCE) {
    const group = agents.slice(at, at + CONNECTIONS_AT_ONCE);
    for (const agent of group) agent.start();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  let timer: Timer | undefined;
  const tick = (): void => {
    for (const agent of agents) agent.tick();
    timer = clock.setTimer(tick, TICK_MS);
  };
  tick();
  return {
    get registered() {
      return agents.filter((agent) => agent.isRegistered).length;
    },
    get running() {
      return agents.reduce((sum, agent) => sum + agent.running, 0);
    },
    async close() {
      timer?.cancel();
      await Promise.all(agents.map((agent) => agent.close()));
      await detector.close();
    },
  };
}

class SimulatedAgent {
  readonly #core: AgentCore;
  readonly #connection: MasterConnection;
  readonly #clock: Clock;
  /** Executors by the stream that they would have. */
  readonly #streams = new Map<string, Executor>();

  constructor(index: number, options: SimulationOptions, detector: MasterDetector, clock: Clock) {
    const { ip = '127.0.0.1', port = 5051, hostnamePrefix = 'simulated-', attributes, logger = silentLogger } = options;
    this.#clock = clock;
    this.#core = new AgentCore(
      {
        hostname: `${hostnamePrefix}${index + 1}`,
        port,
        resources: options.resources,
        ...(attributes === undefined ? {} : { attributes }),
      },
      {
        executorRegistrationTimeoutMs: 60_000,
        executorReregistrationTimeoutMs: 2000,
        executorShutdownGracePeriodMs: 5000,
        workDir: '/simulated',
        ip,
      },
      { newUuid: randomUuid, newContainerId: randomUUID },
    );
    this.#core.state.phase = 'running';
    this.#connection = new MasterConnection({
      detector,
      localAddress: ip,
      clock,
      logger,
      registration: () => ({
        type: 'REGISTER',
        agent_info: this.#core.state.info,
        version: MESOS_VERSION,
        pid: `slave(1)@${ip}:${port}`,
        capabilities: AGENT_CAPABILITIES,
        inventory: inventory(this.#core),
      }),
      onMessage: (message) => this.#run((now) => masterMessage(this.#core, message, now)),
      onDisconnected: () => undefined,
    });
  }

  get isRegistered(): boolean {
    return this.#connection.isConnected && this.#core.state.info.id !== undefined;
  }

  get running(): number {
    let sum = 0;
    for (const executor of this.#streams.values()) {
      for (const task of executor.tasks.values()) if (task.state === 'TASK_RUNNING') sum += 1;
    }
    return sum;
  }

  start(): void {
    this.#connection.start();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  tick(): void {
    this.#run((now) => {
      expireExecutors(this.#core, now);
      retryUpdates(this.#core, now);
    });
  }

  #run(decide: (now: number) => void): void {
    decide(this.#clock.now());
    for (let effects = this.#core.takeEffects(); effects.length > 0; effects = this.#core.takeEffects()) {
      for (const effect of effects) this.#perform(effect);
    }
  }

  #perform(effect: AgentEffect): void {
    switch (effect.kind) {
      case 'to-master':
        this.#connection.send(effect.message);
        return;
      case 'launch':
        this.#start(effect.executor);
        return;
      case 'executor-event': {
        const executor = this.#streams.get(effect.streamId);
        if (executor !== undefined) this.#executorEvent(executor, effect.event);
        return;
      }
      case 'destroy':
        executorEnded(this.#core, effect.executor, 9, this.#clock.now());
        return;
      case 'close-executor':
        this.#streams.delete(effect.streamId);
        return;
      case 'stop':
        for (const executor of [...this.#streams.values()]) executorEnded(this.#core, executor, 9, this.#clock.now());
        return;
      case 'checkpoint':
        return;
    }
  }

  #start(executor: Executor): void {
    const framework = this.#core.state.frameworks.get(executor.frameworkId);
    if (framework === undefined) return;
    executorStarted(this.#core, executor, process.pid);
    const streamId = executor.containerId;
    this.#streams.set(streamId, executor);
    executorSubscribed(this.#core, framework, executor, {}, streamId, this.#clock.now());
  }

  #executorEvent(executor: Executor, event: ExecutorEvent): void {
    switch (event.type) {
      case 'LAUNCH':
        this.#update(executor, event.launch.task.task_id.value, 'TASK_RUNNING');
        return;
      case 'LAUNCH_GROUP':
        for (const task of event.launch_group.task_group.tasks ?? []) {
          this.#update(executor, task.task_id.value, 'TASK_RUNNING');
        }
        return;
      case 'KILL':
        this.#update(executor, event.kill.task_id.value, 'TASK_KILLED');
        return;
      case 'SHUTDOWN':
        executorEnded(this.#core, executor, 0, this.#clock.now());
        return;
      default:
        return;
    }
  }

  #update(executor: Executor, taskId: string, state: TaskState): void {
    const framework = this.#core.state.frameworks.get(executor.frameworkId);
    if (framework === undefined) return;
    const status = { task_id: { value: taskId }, state, source: 'SOURCE_EXECUTOR' as const, uuid: randomUuid() };
    executorUpdate(this.#core, framework, executor, status, this.#clock.now());
  }
}
