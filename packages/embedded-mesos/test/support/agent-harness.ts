import type { ExecutorEvent, FrameworkInfo, TaskInfo, TaskState, TaskStatus } from '@kubernetes-mesos/mesos';
import { AgentCore } from '../../src/agent/core';
import type { AgentEffect } from '../../src/agent/effects';
import { executorSubscribed, executorUpdate, expireExecutors } from '../../src/agent/executors';
import { masterMessage } from '../../src/agent/master-messages';
import type { AgentFramework, Executor } from '../../src/agent/state';
import type { AgentMessage, MasterMessage } from '../../src/link/protocol';

export const FRAMEWORK: FrameworkInfo = {
  id: { value: 'F' },
  user: 'root',
  name: 'f',
  checkpoint: true,
  capabilities: [{ type: 'PARTITION_AWARE' }],
};

export function task(id: string): TaskInfo {
  return { name: id, task_id: { value: id }, agent_id: { value: 'S0' } };
}

/** An agent without processes or sockets: messages in, effects out, time by hand. */
export class AgentHarness {
  readonly core: AgentCore;
  now = 1_000_000;
  readonly effects: AgentEffect[] = [];
  #uuids = 0;
  #streams = 0;

  constructor() {
    this.core = new AgentCore(
      { hostname: 'h', id: { value: 'S0' } },
      {
        executorRegistrationTimeoutMs: 60_000,
        executorReregistrationTimeoutMs: 2000,
        executorShutdownGracePeriodMs: 5000,
        workDir: '/work-dir',
        ip: '127.0.0.1',
      },
      { newUuid: () => this.uuid(), newContainerId: () => `C${this.#uuids++}` },
    );
    this.core.state.phase = 'running';
  }

  uuid(): Buffer {
    const uuid = Buffer.alloc(16, this.#uuids++ % 256);
    uuid[6] = 0x40;
    return uuid;
  }

  master(message: MasterMessage): void {
    masterMessage(this.core, message, this.now);
    this.collect();
  }

  run(ids: string[], options: { executor?: string; launch?: boolean; group?: boolean } = {}): Executor {
    const { executor = 'e', launch = true, group = false } = options;
    this.master({
      type: 'RUN_TASKS',
      framework: FRAMEWORK,
      executor: { executor_id: { value: executor }, command: { value: 'x' } },
      tasks: ids.map(task),
      group,
      launch_executor: launch,
      command_task: false,
    });
    return this.executor(executor);
  }

  get framework(): AgentFramework {
    const framework = this.core.state.frameworks.get('F');
    if (framework === undefined) throw new Error('no framework');
    return framework;
  }

  executor(id = 'e'): Executor {
    const executor = this.framework.executors.get(id);
    if (executor === undefined) throw new Error('no executor');
    return executor;
  }

  subscribe(unacknowledgedTasks: string[] = []): void {
    const call = { unacknowledged_tasks: unacknowledgedTasks.map(task) };
    executorSubscribed(this.core, this.framework, this.executor(), call, `stream-${this.#streams++}`, this.now);
    this.collect();
  }

  update(taskId: string, state: TaskState, uuid = this.uuid()): Buffer {
    const status: TaskStatus = { task_id: { value: taskId }, state, uuid, source: 'SOURCE_EXECUTOR' };
    executorUpdate(this.core, this.framework, this.executor(), status, this.now);
    this.collect();
    return uuid;
  }

  ack(taskId: string, uuid: Buffer): void {
    this.master({ type: 'ACKNOWLEDGE', framework_id: 'F', task_id: taskId, uuid });
  }

  pass(ms: number): void {
    this.now += ms;
    expireExecutors(this.core, this.now);
    this.collect();
  }

  collect(): void {
    this.effects.push(...this.core.takeEffects());
  }

  /** What the executor was sent since the last look. */
  events(): ExecutorEvent[] {
    return this.#take('executor-event').map(({ event }) => event);
  }
  toMaster(): AgentMessage[] {
    return this.#take('to-master').map(({ message }) => message);
  }
  statuses(): TaskStatus[] {
    return this.toMaster().flatMap((message) => (message.type === 'STATUS_UPDATE' ? [message.status] : []));
  }
  kinds(): string[] {
    return this.effects.splice(0).map(({ kind }) => kind);
  }

  #take<Kind extends AgentEffect['kind']>(kind: Kind): Extract<AgentEffect, { kind: Kind }>[] {
    const taken = this.effects.filter((effect): effect is Extract<AgentEffect, { kind: Kind }> => effect.kind === kind);
    const rest = this.effects.filter((effect) => effect.kind !== kind);
    this.effects.splice(0, this.effects.length, ...rest);
    return taken;
  }
}
