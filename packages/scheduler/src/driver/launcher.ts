import { CallRejectedError, NotSubscribedError, type TaskInfo } from '@kubernetes-mesos/mesos';
import { errorMessage } from '@kubernetes-mesos/component-base';
import { LONG_REFUSAL_SECONDS } from '../offers/offer-keeper';
import { nodeView } from '../placement/node-rules';
import { placePods, type AgentPlacements } from '../placement/place';
import { wantsPlace } from '../tasks/pod-view';
import { taskInfoOf } from '../tasks/task-info';
import type { TaskPhase } from '../tasks/task-phase';
import type { TaskEntry } from '../tasks/task-registry';
import type { SchedulerContext } from './context';

/** What the launcher has others do about launches that came to nothing. */
export interface LauncherCalls {
  /** Nothing was started. `failed`: Mesos refused the launch itself. */
  requeue(entry: TaskEntry, failed: boolean): void;
  /** Whether something was started is unknown. */
  ask(entry: TaskEntry): void;
  /** An executor was launched, or given tasks. */
  started(agentId: string, executorId: string, hostname: string): void;
}

/** Places what waits on what is offered, and launches it: one ACCEPT for each agent, with all its tasks. */
export class Launcher {
  readonly #context: SchedulerContext;
  readonly #calls: LauncherCalls;

  constructor(context: SchedulerContext, calls: LauncherCalls) {
    this.#context = context;
    this.#calls = calls;
  }

  /** One round. @returns pods placed */
  round(): number {
    const { ports, state } = this.#context;
    if (state.queue.readyCount === 0 || state.book.agentCount === 0) return 0;
    const { cpus, mem } = state.catalog;
    const result = placePods({
      demands: state.queue.ready(),
      demandCount: state.queue.readyCount,
      agents: state.book.agents(),
      nodeOf: (agent) => nodeView(agent.hostname, agent.labels, ports.nodes.lister.get(agent.hostname)),
      executorCost: { cpus, mem },
      wallClock: ports.clock.now(),
      memory: state.memory,
    });
    // What is left over of the accepted offers fits none of those that still wait.
    const refuseSeconds = result.refused.length > 0 ? LONG_REFUSAL_SECONDS : 0;
    for (const placement of result.placements) this.#launch(placement, refuseSeconds);
    return result.placed;
  }

  #launch(placement: AgentPlacements, refuseSeconds: number): void {
    const { ports, state, options } = this.#context;
    const { agent } = placement;
    if (agent.executor.kind !== 'usable') return;
    state.book.take(agent.agentId);
    const executor = state.catalog.info(agent.executor.executorId, agent.hostname);
    const now = ports.clock.monotonic();
    const tasks: TaskInfo[] = [];
    const launched: { readonly entry: TaskEntry; readonly phase: TaskPhase }[] = [];
    for (const placed of placement.pods) {
      const entry = state.registry.get(placed.demand.uid);
      const queuedAt = state.queue.remove(placed.demand.uid);
      const pod = entry?.pod;
      if (entry === undefined || pod === undefined || entry.phase.kind !== 'waiting' || !wantsPlace(pod)) continue;
      tasks.push(taskInfoOf(pod, placed, { agent, executor, discovery: options.taskDiscovery }));
      const phase: TaskPhase = { kind: 'launching', agentId: agent.agentId, hostname: agent.hostname, since: now };
      state.registry.setPhase(entry, phase);
      launched.push({ entry, phase });
      if (queuedAt !== undefined) ports.metrics.queueWait.observe((now - queuedAt) * 1000);
    }
    ports.metrics.offersAcquired.inc({ hostname: agent.hostname }, agent.offers.length);
    ports.logger.info('launching pods', { agent: agent.hostname, pods: tasks.length, offers: agent.offers.length });
    ports.mesos
      .call({
        type: 'ACCEPT',
        accept: {
          offer_ids: agent.offers.map((offer) => offer.id),
          operations: [{ type: 'LAUNCH', launch: { task_infos: tasks } }],
          filters: { refuse_seconds: refuseSeconds },
        },
      })
      .then(
        () => {
          this.#calls.started(agent.agentId, executor.executor_id.value, agent.hostname);
          this.#accepted(launched, agent.hostname);
        },
        (error: unknown) => this.#failed(launched, error),
      );
  }

  #accepted(launched: readonly { readonly entry: TaskEntry }[], hostname: string): void {
    const { recorder } = this.#context.ports;
    for (const { entry } of launched) {
      const { pod } = entry;
      if (pod === undefined) continue;
      recorder.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.metadata.name ?? ''} to ${hostname}`);
    }
  }

  #failed(launched: readonly { readonly entry: TaskEntry; readonly phase: TaskPhase }[], error: unknown): void {
    const { ports, state } = this.#context;
    ports.logger.warn('launch not sent', { pods: launched.length, error: errorMessage(error) });
    const nothingDone = error instanceof NotSubscribedError || error instanceof CallRejectedError;
    for (const { entry, phase } of launched) {
      // Something was heard of it meanwhile.
      if (entry.phase !== phase) continue;
      if (nothingDone) {
        if (error instanceof CallRejectedError && entry.pod !== undefined) {
          ports.recorder.event(entry.pod, 'Warning', 'FailedScheduling', error.message);
        }
        state.registry.setPhase(entry, { kind: 'waiting' });
        this.#calls.requeue(entry, error instanceof CallRejectedError);
      } else if (phase.kind === 'launching') {
        state.registry.setPhase(entry, {
          kind: 'checking',
          agentId: phase.agentId,
          since: ports.clock.monotonic(),
        });
        this.#calls.ask(entry);
      }
    }
  }
}
