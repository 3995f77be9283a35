import { assertNever, errorMessage, type Clock, type Logger, type Timer } from '@kubernetes-mesos/component-base';
import type { ExecutorEvent, FrameworkInfo, TaskInfo } from '@kubernetes-mesos/mesos';
import type { EventStream } from '../http/event-stream';
import type { AgentMessage } from '../link/protocol';
import type { CheckpointStore } from './checkpoint-store';
import type { AgentCore } from './core';
import type { AgentEffect } from './effects';
import { destroyExecutor, executorEnded, executorStarted, expireExecutors } from './executors';
import { startExecutor, type LauncherSettings } from './launcher';
import { retryUpdates } from './master-messages';
import { isRunning, killLeftovers, killTree } from './process-tree';
import { isRecovered } from './recovery';
import type { Executor } from './state';

/** How often deadlines are looked at; grace periods and timeouts are this exact, ms. */
const TICK_MS = 200;

export interface AgentRunnerOptions {
  readonly core: AgentCore;
  readonly store: CheckpointStore;
  /** As of the agent's id, which the first registration brings. */
  readonly launcher: () => LauncherSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly toMaster: (message: AgentMessage) => void;
  /** Recovery is over: the agent may register. */
  readonly onRecovered: () => void;
  /** The master does not want this agent. */
  readonly onStop: (reason: string, forgetId: boolean) => void;
}

/** Carries out what the decisions of `AgentCore` ask for: processes, streams, checkpoints. */
export class AgentRunner {
  readonly core: AgentCore;
  readonly #options: AgentRunnerOptions;
  readonly #streams = new Map<string, EventStream<ExecutorEvent>>();
  /** Executors that are being fetched. */
  readonly #starting = new Map<Executor, AbortController>();
  /** Survivors of an earlier run of the agent: not our children, so their end is looked for. */
  readonly #adopted = new Map<Executor, number | undefined>();
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: AgentRunnerOptions) {
    this.core = options.core;
    this.#options = options;
  }

  start(): void {
    this.#tick();
  }

  /** Leaves the executors running. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const starting of this.#starting.values()) starting.abort();
    for (const stream of this.#streams.values()) stream.close();
  }

  run<Result>(decide: (now: number) => Result): Result {
    const result = decide(this.#options.clock.now());
    this.perform();
    return result;
  }

  adopt(executor: Executor, startTicks: number | undefined): void {
    this.#adopted.set(executor, startTicks);
  }

  addStream(streamId: string, stream: EventStream<ExecutorEvent>): void {
    this.#streams.set(streamId, stream);
  }

  streamClosed(streamId: string, _frameworkId: string, executor: Executor): void {
    this.#streams.delete(streamId);
    if (executor.streamId === streamId) executor.streamId = undefined;
  }

  perform(): void {
    for (let effects = this.core.takeEffects(); effects.length > 0; effects = this.core.takeEffects()) {
      for (const effect of effects) this.#performOne(effect);
    }
  }

  #performOne(effect: AgentEffect): void {
    switch (effect.kind) {
      case 'checkpoint':
        this.#options.store.write(effect.checkpoint);
        return;
      case 'to-master':
        this.#options.toMaster(effect.message);
        return;
      case 'executor-event':
        this.#streams.get(effect.streamId)?.send(effect.event);
        return;
      case 'close-executor':
        this.#streams.get(effect.streamId)?.close();
        this.#streams.delete(effect.streamId);
        return;
      case 'launch':
        void this.#launch(effect.executor, effect.framework, effect.task);
        return;
      case 'destroy':
        this.#destroy(effect.executor);
        return;
      case 'stop':
        this.#options.onStop(effect.reason, effect.forgetId);
        return;
      default:
        assertNever(effect);
    }
  }

  /** Never rejects: a failure is an end of the executor. */
  async #launch(executor: Executor, framework: FrameworkInfo, task: TaskInfo | undefined): Promise<void> {
    const { logger, launcher } = this.#options;
    const starting = new AbortController();
    this.#starting.set(executor, starting);
    try {
      const { pid, exited } = await startExecutor(executor, framework, task, launcher(), starting.signal);
      this.#starting.delete(executor);
      logger.info('executor started', { executor: executor.id, pid });
      void exited.then((status) => this.#exited(executor, status));
      this.run(() => executorStarted(this.core, executor, pid));
    } catch (error) {
      this.#starting.delete(executor);
      if (this.#closed) return;
      const message = errorMessage(error);
      logger.warn('executor did not start', { executor: executor.id, error: message });
      this.run((now) =>
        executorEnded(this.core, executor, -1, now, {
          state: 'TASK_FAILED',
          reason: 'REASON_CONTAINER_LAUNCH_FAILED',
          message: `Failed to launch container: ${message}`,
        }),
      );
    }
  }

  #exited(executor: Executor, status: number): void {
    if (this.#closed) return;
    this.#options.logger.info('executor ended', { executor: executor.id, pid: executor.pid, status });
    // What it left behind in its session goes with it.
    if (executor.pid !== undefined) killLeftovers(executor.pid);
    this.run((now) => executorEnded(this.core, executor, status, now));
  }

  #destroy(executor: Executor): void {
    const starting = this.#starting.get(executor);
    if (starting !== undefined) starting.abort(new Error('told to end while it was being started'));
    else if (executor.pid !== undefined) killTree(executor.pid);
    else this.run((now) => executorEnded(this.core, executor, -1, now));
  }

  /** Kills every executor at once: the agent leaves for good. */
  destroyAll(): void {
    for (const framework of this.core.state.frameworks.values()) {
      for (const executor of [...framework.executors.values()]) {
        this.run(() => destroyExecutor(this.core, executor, undefined));
      }
    }
  }

  #tick(): void {
    if (this.#closed) return;
    this.#lookAtAdopted();
    this.run((now) => {
      expireExecutors(this.core, now);
      retryUpdates(this.core, now);
    });
    if (this.core.state.phase === 'recovering' && isRecovered(this.core)) {
      this.core.state.phase = 'running';
      this.#options.onRecovered();
    }
    this.#timer = this.#options.clock.setTimer(() => this.#tick(), TICK_MS);
  }

  #lookAtAdopted(): void {
    for (const [executor, startTicks] of this.#adopted) {
      if (executor.pid !== undefined && isRunning(executor.pid, startTicks)) continue;
      this.#adopted.delete(executor);
      this.#exited(executor, -1);
    }
  }
}
