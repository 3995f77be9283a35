import {
  type FrameworkInfo,
  type MasterEvent,
  type MasterInfo,
  type Resource,
  type SchedulerEvent,
  type TaskStatus,
} from '@kubernetes-mesos/mesos';
import type { MasterMessage } from '../link/protocol';
import { unallocated } from '../resources/reservations';
import type { MasterEffect, RegistryEntry } from './effects';
import { MasterCounters } from './counters';
import { Shares } from './shares';
import type { Agent, Framework, MasterState, OfferRecord, TaskRecord } from './state';

/** Settings of the decisions; all times in ms. */
export interface MasterSettings {
  readonly allocationIntervalMs: number;
  /** `undefined`: offers last for ever. */
  readonly offerTimeoutMs: number | undefined;
  readonly agentPingTimeoutMs: number;
  readonly maxAgentPingTimeouts: number;
  /** How long agents of the registry may take to come back after a start of the master. */
  readonly agentReregisterTimeoutMs: number;
  /** Whitelist of role names; empty = any. */
  readonly roles: readonly string[];
  readonly rootSubmissions: boolean;
  readonly maxCompletedFrameworks: number;
  readonly maxCompletedTasksPerFramework: number;
  readonly filterGpuResources: boolean;
}

/**
 * The master's state with the small steps that all of its decisions are made of. It does no I/O and reads no clock: every
 * decision gets `now` (ms since the epoch), and what has to be done outside is collected as effects.
 */
export class Cluster {
  readonly state: MasterState;
  readonly settings: MasterSettings;
  readonly shares = new Shares();
  readonly counters = new MasterCounters();
  #effects: MasterEffect[] = [];
  #nextFramework = 0;
  #nextAgent = 0;
  #nextOffer = 0;

  constructor(masterInfo: MasterInfo, settings: MasterSettings, now: number) {
    this.settings = settings;
    this.state = {
      masterInfo,
      startedAt: now,
      frameworks: new Map(),
      completedFrameworks: [],
      agents: new Map(),
      recoveredAgents: new Map(),
      unreachable: new Map(),
      gone: new Map(),
      offers: new Map(),
      weights: new Map(),
      maintenance: [],
      downMachines: [],
    };
  }

  takeEffects(): MasterEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  newFrameworkId(): string {
    return `${this.state.masterInfo.id}-${String(this.#nextFramework++).padStart(4, '0')}`;
  }
  newAgentId(): string {
    return `${this.state.masterInfo.id}-S${this.#nextAgent++}`;
  }
  newOfferId(): string {
    return `${this.state.masterInfo.id}-O${this.#nextOffer++}`;
  }

  persist(entry: RegistryEntry): void {
    this.#effects.push({ kind: 'persist', entry });
  }
  toFramework(framework: Framework, event: SchedulerEvent): void {
    if (framework.connection.phase !== 'connected') return;
    this.counters.event(event.type);
    this.#effects.push({ kind: 'framework-event', streamId: framework.connection.streamId, event });
  }
  closeFramework(streamId: string): void {
    this.#effects.push({ kind: 'close-framework', streamId });
  }
  toAgent(agent: Agent, message: MasterMessage): void {
    if (agent.connected) this.#effects.push({ kind: 'agent-message', agentId: agent.id, message });
  }
  closeAgent(agentId: string): void {
    this.#effects.push({ kind: 'close-agent', agentId });
  }
  toOperators(event: MasterEvent): void {
    this.#effects.push({ kind: 'operator-event', event });
  }

  /** A status that the master itself makes: no uuid, so nobody acknowledges it; lost when the framework is away. */
  sendMasterStatus(framework: Framework, status: Omit<TaskStatus, 'source' | 'timestamp'>, now: number): void {
    this.toFramework(framework, {
      type: 'UPDATE',
      update: { status: { ...status, source: 'SOURCE_MASTER', timestamp: now / 1000 } },
    });
  }

  /** `TASK_LOST` for frameworks that do not know partitions, the exact state for the others. */
  lostState<State extends 'TASK_DROPPED' | 'TASK_GONE' | 'TASK_GONE_BY_OPERATOR' | 'TASK_UNREACHABLE' | 'TASK_UNKNOWN'>(
    framework: Framework,
    exact: State,
  ): State | 'TASK_LOST' {
    return framework.capabilities.has('PARTITION_AWARE') ? exact : 'TASK_LOST';
  }

  // ---- Resources ----

  /** Gives allocated resources back to the agent. */
  release(agent: Agent | undefined, frameworkId: string, role: string, resources: readonly Resource[]): void {
    this.shares.add(role, frameworkId, resources, -1);
    if (agent === undefined) return;
    for (const resource of resources) agent.available.add(unallocated(resource));
  }

  /** Ends an offer. The resources go back to the agent unless the caller uses them. */
  takeOffer(offer: OfferRecord, options: { readonly release: boolean }): void {
    this.state.offers.delete(offer.id);
    this.state.frameworks.get(offer.frameworkId)?.offers.delete(offer.id);
    const agent = this.state.agents.get(offer.agentId);
    agent?.offers.delete(offer.id);
    if (options.release) this.release(agent, offer.frameworkId, offer.role, offer.resources);
  }

  rescindOffer(offer: OfferRecord): void {
    this.takeOffer(offer, { release: true });
    const framework = this.state.frameworks.get(offer.frameworkId);
    if (framework !== undefined) {
      this.toFramework(framework, { type: 'RESCIND', rescind: { offer_id: { value: offer.id } } });
    }
  }

  /** Takes back every offer of a framework without telling it. */
  discardOffers(framework: Framework): void {
    for (const id of [...framework.offers]) {
      const offer = this.state.offers.get(id);
      if (offer !== undefined) this.takeOffer(offer, { release: true });
    }
  }

  rescindAgentOffers(agent: Agent): void {
    for (const id of [...agent.offers]) {
      const offer = this.state.offers.get(id);
      if (offer !== undefined) this.rescindOffer(offer);
    }
  }

  // ---- Tasks and executors ----

  addTask(framework: Framework, agent: Agent, task: TaskRecord): void {
    framework.tasks.set(task.id, task);
    let tasks = agent.tasks.get(framework.id);
    if (tasks === undefined) agent.tasks.set(framework.id, (tasks = new Map<string, TaskRecord>()));
    tasks.set(task.id, task);
  }

  /**
   * Forgets a task: it moves to the completed ones, or to the unreachable ones, which may come back. Its resources are
   * released if they have not been yet.
   */
  removeTask(framework: Framework, task: TaskRecord, keepAs: 'completed' | 'unreachable' = 'completed'): void {
    this.releaseTask(task);
    framework.tasks.delete(task.id);
    const agent = this.state.agents.get(task.agentId);
    const tasks = agent?.tasks.get(framework.id);
    tasks?.delete(task.id);
    if (tasks?.size === 0) agent?.tasks.delete(framework.id);
    this.counters.taskEnded(task.state);
    const limit = this.settings.maxCompletedTasksPerFramework;
    if (keepAs === 'unreachable') {
      framework.unreachableTasks.set(task.id, task);
      if (framework.unreachableTasks.size > limit) {
        for (const oldest of framework.unreachableTasks.keys()) {
          framework.unreachableTasks.delete(oldest);
          break;
        }
      }
    } else {
      framework.completedTasks.push(task);
      if (framework.completedTasks.length > limit) framework.completedTasks.shift();
    }
  }

  releaseTask(task: TaskRecord): void {
    if (task.released) return;
    task.released = true;
    this.release(this.state.agents.get(task.agentId), task.frameworkId, task.role, task.resources);
  }

  removeExecutor(agent: Agent, frameworkId: string, executorId: string): void {
    const executors = agent.executors.get(frameworkId);
    const executor = executors?.get(executorId);
    if (executors === undefined || executor === undefined) return;
    executors.delete(executorId);
    if (executors.size === 0) agent.executors.delete(frameworkId);
    this.release(agent, frameworkId, roleOf(executor.resources), executor.resources);
  }

  frameworkOf(id: string | undefined): Framework | undefined {
    return id === undefined ? undefined : this.state.frameworks.get(id);
  }
}

/** The role that resources are allocated to. */
export function roleOf(resources: readonly Resource[]): string {
  return resources[0]?.allocation_info?.role ?? '*';
}

/** Roles that a framework subscribes with. */
export function rolesOf(info: FrameworkInfo): readonly string[] {
  const multiRole = (info.capabilities ?? []).some((capability) => capability.type === 'MULTI_ROLE');
  return multiRole ? [...new Set(info.roles ?? [])] : [info.role ?? '*'];
}
