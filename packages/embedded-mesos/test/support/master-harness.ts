import type {
  FrameworkInfo,
  Offer,
  OfferOperation,
  Resource,
  SchedulerCall,
  SchedulerEvent,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '@kubernetes-mesos/mesos';
import type { AgentInventory, MasterMessage } from '../../src/link/protocol';
import { disconnectAgent } from '../../src/master/agent-loss';
import { registerAgent } from '../../src/master/agent-registration';
import { Cluster } from '../../src/master/cluster';
import type { MasterEffect } from '../../src/master/effects';
import { disconnect, subscribe, subscribeError } from '../../src/master/frameworks';
import { performCall, type OrdinaryCall } from '../../src/master/scheduler-calls';
import { DEFAULT_MASTER_SETTINGS } from '../../src/master/start-master';
import type { Framework } from '../../src/master/state';
import { statusUpdate } from '../../src/master/tasks';
import { tick } from '../../src/master/tick';
import { parseResources } from '../../src/resources/parse';

export const EMPTY: AgentInventory = { frameworks: [], executors: [], tasks: [] };

/** A master without sockets: decisions in, effects out, time by hand. */
export class MasterHarness {
  readonly cluster: Cluster;
  now = 1_000_000;
  readonly effects: MasterEffect[] = [];
  #streams = 0;
  #uuids = 0;

  constructor(settings: Partial<typeof DEFAULT_MASTER_SETTINGS> = {}) {
    const info = { id: 'M', ip: 16777343, port: 5050, pid: 'master@127.0.0.1:5050', hostname: '127.0.0.1' };
    this.cluster = new Cluster(info, { ...DEFAULT_MASTER_SETTINGS, ...settings }, this.now);
  }

  subscribe(info: Partial<FrameworkInfo> = {}, suppressed: string[] = []): Framework {
    const framework_info = { user: 'root', name: 'f', checkpoint: true, failover_timeout: 60, ...info };
    const call = { framework_info, suppressed_roles: suppressed };
    const refused = subscribeError(this.cluster, call);
    if (refused !== undefined) throw new Error(refused);
    const framework = subscribe(this.cluster, call, `stream-${this.#streams++}`, this.now);
    this.#collect();
    return framework;
  }

  addAgent(resources = 'cpus:4;mem:4096;disk:1000;ports:[31000-31010]', id?: string, inventory = EMPTY): string {
    const result = registerAgent(
      this.cluster,
      {
        type: 'REGISTER',
        agent_info: {
          hostname: 'host',
          port: 5051,
          resources: parseResources(resources),
          ...(id === undefined ? {} : { id: { value: id } }),
        },
        version: '1.11.0',
        pid: 'slave(1)@127.0.0.1:5051',
        capabilities: [],
        inventory,
      },
      this.now,
    );
    this.#collect();
    if ('refused' in result) throw new Error(result.refused);
    return result.agentId;
  }

  dropAgent(id: string): void {
    const agent = this.cluster.state.agents.get(id);
    if (agent !== undefined) disconnectAgent(this.cluster, agent, this.now);
    this.#collect();
  }

  dropFramework(framework: Framework): void {
    if (framework.connection.phase !== 'connected') return;
    disconnect(this.cluster, framework.id, framework.connection.streamId, this.now);
    this.#collect();
  }

  call(framework: Framework, call: OrdinaryCall | SchedulerCall): void {
    performCall(this.cluster, framework, call as OrdinaryCall, this.now);
    this.#collect();
  }

  accept(framework: Framework, offers: readonly Offer[], operations: OfferOperation[], refuseSeconds?: number): void {
    const filters = refuseSeconds === undefined ? {} : { filters: { refuse_seconds: refuseSeconds } };
    const offer_ids = offers.map(({ id }) => id);
    this.call(framework, { type: 'ACCEPT', accept: { offer_ids, operations, ...filters } });
  }

  launch(framework: Framework, offers: readonly Offer[], tasks: TaskInfo[], refuseSeconds?: number): void {
    this.accept(framework, offers, [{ type: 'LAUNCH', launch: { task_infos: tasks } }], refuseSeconds);
  }

  decline(framework: Framework, offers: readonly Offer[], refuseSeconds?: number): void {
    const filters = refuseSeconds === undefined ? {} : { filters: { refuse_seconds: refuseSeconds } };
    this.call(framework, { type: 'DECLINE', decline: { offer_ids: offers.map(({ id }) => id), ...filters } });
  }

  /** The agent reports a state. @returns the update's uuid */
  report(
    framework: Framework,
    agentId: string,
    taskId: string,
    state: TaskState,
    extra: Partial<TaskStatus> = {},
  ): Buffer {
    const agent = this.cluster.state.agents.get(agentId);
    if (agent === undefined) throw new Error(`no agent ${agentId}`);
    const uuid = Buffer.alloc(16, this.#uuids++ % 256);
    uuid[6] = 0x40;
    const status: TaskStatus = { task_id: { value: taskId }, state, uuid, agent_id: { value: agentId }, ...extra };
    const message = { type: 'STATUS_UPDATE', framework_id: framework.id, status, latest_state: state } as const;
    statusUpdate(this.cluster, agent, message, this.now);
    this.#collect();
    return uuid;
  }

  ack(framework: Framework, agentId: string, taskId: string, uuid: Buffer): void {
    const acknowledge = { agent_id: { value: agentId }, task_id: { value: taskId }, uuid };
    this.call(framework, { type: 'ACKNOWLEDGE', acknowledge });
  }

  /** Time passes in steps of the allocation interval. */
  pass(ms: number, options: { readonly agentsAnswer?: boolean } = {}): void {
    const step = this.cluster.settings.allocationIntervalMs;
    for (let passed = 0; passed < ms; passed += step) {
      this.now += step;
      if (options.agentsAnswer !== false) {
        for (const agent of this.cluster.state.agents.values()) if (agent.connected) agent.heardAt = this.now;
      }
      tick(this.cluster, this.now);
      this.#collect();
    }
  }

  /** Events sent to a framework since the last look. */
  events(): SchedulerEvent[] {
    return this.take('framework-event').map(({ event }) => event);
  }
  offers(): Offer[] {
    return this.events().flatMap((event) => (event.type === 'OFFERS' ? (event.offers.offers ?? []) : []));
  }
  statuses(): TaskStatus[] {
    return this.events().flatMap((event) => (event.type === 'UPDATE' ? [event.update.status] : []));
  }
  agentMessages(): MasterMessage[] {
    return this.take('agent-message').map(({ message }) => message);
  }

  take<Kind extends MasterEffect['kind']>(kind: Kind): Extract<MasterEffect, { kind: Kind }>[] {
    const taken = this.effects.filter(
      (effect): effect is Extract<MasterEffect, { kind: Kind }> => effect.kind === kind,
    );
    const rest = this.effects.filter((effect) => effect.kind !== kind);
    this.effects.splice(0, this.effects.length, ...rest);
    return taken;
  }

  #collect(): void {
    this.effects.push(...this.cluster.takeEffects());
  }
}

export function scalar(name: string, value: number): Resource {
  return { name, type: 'SCALAR', scalar: { value } };
}

export function commandTask(id: string, agentId: string, cpus = 1, mem = 64): TaskInfo {
  return {
    name: id,
    task_id: { value: id },
    agent_id: { value: agentId },
    command: { value: 'true' },
    resources: [scalar('cpus', cpus), scalar('mem', mem)],
  };
}

export function executorTask(id: string, agentId: string, executorId = 'e', cpus = 1): TaskInfo {
  return {
    name: id,
    task_id: { value: id },
    agent_id: { value: agentId },
    resources: [scalar('cpus', cpus), scalar('mem', 64)],
    executor: {
      executor_id: { value: executorId },
      command: { value: 'executor' },
      resources: [scalar('cpus', 0.1), scalar('mem', 32)],
    },
  };
}

export const PARTITION_AWARE = { capabilities: [{ type: 'PARTITION_AWARE' as const }] };
