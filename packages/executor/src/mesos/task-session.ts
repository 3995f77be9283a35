import type { Informer } from '@kubernetes-mesos/client';
import { errorMessage, type Clock, type Logger, type Timer } from '@kubernetes-mesos/component-base';
import type { Pod as ApiPod } from '@kubernetes-mesos/api-types';
import type {
  ExecutorClient,
  ExecutorConnectionEvent,
  ExecutorEvent,
  ExecutorEventKill,
  TaskInfo,
} from '@kubernetes-mesos/mesos';
import type { Pod, PodStatus } from '../api/core-v1';
import type { PodReport } from '../pods/collaborators';
import type { PodManager } from '../pods/pod-manager';
import type { StatusWriter } from '../pods/status-writer';
import { BindingError, type PodBinder } from './pod-binder';
import { KAMIKAZE, MESSAGES, runningMessage, TASK_LOST_PREFIX } from './status-messages';
import { SuicideTimer } from './suicide-timer';
import { ANNOTATION_PREFIX, podFullName, podOfTask, podStatusResult, TaskDataError } from './task-pod';
import { taskStep, type StopCause, type TaskInput, type TaskState } from './task-state';

export interface TaskSessionOptions {
  readonly mesos: Pick<ExecutorClient, 'call'>;
  readonly binder: PodBinder;
  readonly statuses: Pick<StatusWriter, 'set' | 'remove'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nodeName: string;
  readonly executorId: string;
  readonly agentId: string;
  /** ms, 0: never */
  readonly suicideTimeoutMs: number;
  /** A task whose pod does not run after this long is lost; ms, 0: never. */
  readonly launchGraceMs: number;
  /** Nothing is left to do: the executor may end. */
  readonly onIdleEnd: (reason: 'suicide' | 'kamikaze') => void;
}

interface Task {
  readonly id: string;
  readonly pod: Pod;
  state: TaskState;
  status?: PodStatus;
  launchTimer?: Timer;
  readonly abort: AbortController;
}

const DEFAULT_GRACE_SECONDS = 30;

/**
 * Between Mesos and the pods: launches, kills and messages become goals of pods, what becomes of pods becomes updates of
 * tasks. Deletions in the API are followed too, and confirmed when the pod is gone.
 */
export class TaskSession {
  readonly #options: TaskSessionOptions;
  readonly #tasks = new Map<string, Task>();
  /** Task id by pod uid, of tasks that have not ended. */
  readonly #byPod = new Map<string, string>();
  readonly #suicide: SuicideTimer;
  #pods: PodManager | undefined;
  #ending = false;

  constructor(options: TaskSessionOptions) {
    this.#options = options;
    this.#suicide = new SuicideTimer(options.clock, options.suicideTimeoutMs, () => this.#endIdle('suicide'));
    this.#suicide.update(0);
  }

  /** The pods and the session know each other; called once before any event. */
  connect(pods: PodManager): void {
    this.#pods = pods;
  }

  /** Tasks that have not ended. */
  get activeTasks(): number {
    return this.#byPod.size;
  }

  handle(event: ExecutorEvent | ExecutorConnectionEvent): void {
    switch (event.type) {
      case 'LAUNCH':
        this.#launch(event.launch.task);
        return;
      case 'LAUNCH_GROUP':
        for (const task of event.launch_group.task_group.tasks ?? []) this.#launch(task);
        return;
      case 'KILL':
        this.#kill(event.kill);
        return;
      case 'MESSAGE':
        this.#message(event.message.data.toString('utf8'));
        return;
      case 'ERROR':
        this.#options.logger.error('the agent reports an error', { error: event.error.message });
        return;
      case 'DISCONNECTED':
        this.#options.logger.warn('connection to the agent is lost', { error: event.reason });
        return;
      case 'SUBSCRIBED':
      case 'ACKNOWLEDGED':
      case 'HEARTBEAT':
      case 'UNKNOWN':
      case 'SHUTDOWN':
        return;
    }
  }

  /** Follows what the API wants of this node's pods. */
  watch(informer: Informer<ApiPod>): () => void {
    return informer.subscribe({
      added: (pod) => this.#observed(pod),
      updated: (pod) => this.#observed(pod),
      deleted: (pod) => this.#deleted(pod),
    });
  }

  podStatus(pod: Pod, report: PodReport): void {
    const { status } = report;
    this.#options.statuses.set(pod, report);
    const task = this.#taskOf(pod.metadata.uid ?? '');
    if (task === undefined) return;
    task.status = status;
    this.#apply(task, { type: 'status', status, runningMessage: runningMessage(podFullName(pod)) });
    if (task.state.phase === 'running') task.launchTimer?.cancel();
  }

  podGone(pod: Pod): void {
    const task = this.#taskOf(pod.metadata.uid ?? '');
    if (task !== undefined) this.#apply(task, { type: 'gone' });
    this.#options.statuses.remove(pod);
  }

  /** Stops every pod, each within `graceSeconds` at most. */
  stopAll(graceSeconds: number): void {
    this.#ending = true;
    this.#suicide.cancel();
    for (const worker of this.#pods?.list() ?? []) {
      const uid = worker.pod.metadata.uid ?? '';
      const task = this.#taskOf(uid);
      if (task !== undefined) this.#apply(task, { type: 'stop', cause: 'shutdown' });
      this.#pods?.setGoal(uid, { type: 'stop', graceSeconds: Math.min(graceSeconds, graceOf(worker.pod)) });
    }
    for (const task of this.#tasks.values()) {
      if (task.state.phase === 'binding') task.abort.abort(new Error(MESSAGES.shutdown));
    }
  }

  close(): void {
    this.#suicide.cancel();
    for (const task of this.#tasks.values()) {
      task.launchTimer?.cancel();
      task.abort.abort(new Error('closed'));
    }
  }

  #launch(info: TaskInfo): void {
    const id = info.task_id.value;
    if (this.#tasks.has(id)) return;
    let pod: Pod;
    try {
      pod = podOfTask(info);
    } catch (error) {
      if (!(error instanceof TaskDataError)) throw error;
      this.#options.logger.error('task cannot be launched', { task: id, error });
      this.#send(id, 'TASK_FAILED', MESSAGES.undecodable);
      return;
    }
    const task: Task = { id, pod, state: { phase: 'binding' }, abort: new AbortController() };
    this.#tasks.set(id, task);
    this.#byPod.set(pod.metadata.uid ?? '', id);
    this.#suicide.update(this.activeTasks);
    this.#start(task).catch((error: unknown) => {
      this.#options.logger.error('task launch failed', { task: id, error });
    });
  }

  async #start(task: Task): Promise<void> {
    const { binder, clock, launchGraceMs, logger, nodeName } = this.#options;
    const bindingHost = task.pod.metadata.annotations?.[`${ANNOTATION_PREFIX}bindingHost`] ?? nodeName;
    try {
      await binder.bind(task.pod, bindingHost, task.abort.signal);
    } catch (error) {
      if (task.state.stopping !== undefined || this.#ending) {
        this.#apply(task, { type: 'gone' });
        return;
      }
      logger.error('pod cannot be bound', { task: task.id, pod: podFullName(task.pod), error });
      const code = error instanceof BindingError ? error.code : MESSAGES.bindingFailed;
      this.#apply(task, { type: 'bind-failed', code });
      return;
    }
    if (task.state.stopping !== undefined || this.#ending) {
      this.podGone(task.pod);
      return;
    }
    this.#apply(task, { type: 'bound' });
    if (launchGraceMs > 0) {
      task.launchTimer = clock.setTimer(() => this.#stop(task, 'launch-timeout', undefined), launchGraceMs);
    }
    this.#pods?.add({ ...task.pod, spec: { ...task.pod.spec, nodeName: bindingHost } });
  }

  #kill(kill: ExecutorEventKill): void {
    const task = this.#tasks.get(kill.task_id.value);
    if (task === undefined || task.state.phase === 'ended') {
      this.#options.logger.debug('kill of a task that is not here', { task: kill.task_id.value });
      return;
    }
    const nanoseconds = kill.kill_policy?.grace_period?.nanoseconds;
    this.#stop(task, 'killed', nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e9);
  }

  #message(text: string): void {
    if (text === KAMIKAZE) {
      if (this.activeTasks === 0) this.#endIdle('kamikaze');
      return;
    }
    if (!text.startsWith(TASK_LOST_PREFIX)) return;
    const task = this.#tasks.get(text.slice(TASK_LOST_PREFIX.length));
    if (task !== undefined && task.state.phase !== 'ended') this.#stop(task, 'lost', undefined);
  }

  #stop(task: Task, cause: StopCause, graceSeconds: number | undefined): void {
    this.#apply(task, { type: 'stop', cause });
    task.launchTimer?.cancel();
    const uid = task.pod.metadata.uid ?? '';
    if (task.state.phase === 'binding') {
      task.abort.abort(new Error(MESSAGES.killed));
      return;
    }
    this.#pods?.setGoal(uid, { type: 'stop', graceSeconds: graceSeconds ?? graceOf(task.pod) });
  }

  #observed(pod: ApiPod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = this.#pods?.get(uid);
    const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
    worker?.updateMetadata(pod.metadata);
    if (deletionTimestamp === undefined) return;
    const task = this.#taskOf(uid);
    if (task !== undefined) {
      this.#stop(task, 'killed', deletionGracePeriodSeconds ?? graceOf(task.pod));
    } else if (worker !== undefined) {
      worker.setGoal({ type: 'stop', graceSeconds: deletionGracePeriodSeconds ?? graceOf(worker.pod) });
    } else if (this.#isOurs(pod) && pod.spec !== undefined) {
      this.#options.statuses.remove({ ...pod, spec: pod.spec });
    }
  }

  #deleted(pod: ApiPod): void {
    const uid = pod.metadata.uid ?? '';
    const task = this.#taskOf(uid);
    if (task !== undefined) this.#stop(task, 'killed', pod.metadata.deletionGracePeriodSeconds);
    else this.#pods?.setGoal(uid, { type: 'stop', graceSeconds: pod.metadata.deletionGracePeriodSeconds ?? 0 });
  }

  /** The pod was given to this executor, by this or by an earlier process of it. */
  #isOurs(pod: ApiPod): boolean {
    const annotations = pod.metadata.annotations ?? {};
    const { executorId, agentId } = this.#options;
    return (
      this.#tasks.has(annotations[`${ANNOTATION_PREFIX}taskId`] ?? '') ||
      (annotations[`${ANNOTATION_PREFIX}executorId`] === executorId &&
        annotations[`${ANNOTATION_PREFIX}slaveId`] === agentId)
    );
  }

  #apply(task: Task, input: TaskInput): void {
    const step = taskStep(task.state, input);
    task.state = step.state;
    if (step.report === undefined) return;
    const { state, message } = step.report;
    const data =
      state === 'TASK_STARTING' || state === 'TASK_RUNNING' ? podStatusResult(task.pod, task.status) : undefined;
    this.#send(task.id, state, message, data);
    if (step.state.phase === 'ended') {
      task.launchTimer?.cancel();
      this.#byPod.delete(task.pod.metadata.uid ?? '');
      this.#forgetOld();
      if (!this.#ending) this.#suicide.update(this.activeTasks);
    }
  }

  #taskOf(podUid: string): Task | undefined {
    const id = this.#byPod.get(podUid);
    return id === undefined ? undefined : this.#tasks.get(id);
  }

  /** Ended tasks are remembered so that a repeated launch is known, but not for ever. */
  #forgetOld(): void {
    if (this.#tasks.size <= MAX_REMEMBERED) return;
    for (const [id, task] of this.#tasks) {
      if (task.state.phase !== 'ended') continue;
      this.#tasks.delete(id);
      if (this.#tasks.size <= MAX_REMEMBERED) return;
    }
  }

  #endIdle(reason: 'suicide' | 'kamikaze'): void {
    if (this.#ending || this.activeTasks > 0) return;
    this.#ending = true;
    this.#options.onIdleEnd(reason);
  }

  #send(
    taskId: string,
    state: 'TASK_STARTING' | 'TASK_RUNNING' | 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED' | 'TASK_LOST',
    message: string,
    data?: Buffer,
  ): void {
    const { mesos, logger } = this.#options;
    logger.info('task update', { task: taskId, state, message });
    const status = { task_id: { value: taskId }, state, message, source: 'SOURCE_EXECUTOR' as const };
    mesos
      .call({ type: 'UPDATE', update: { status: data === undefined ? status : { ...status, data } } })
      .catch((error: unknown) =>
        logger.error('task update was not sent', { task: taskId, error: errorMessage(error) }),
      );
  }
}

const MAX_REMEMBERED = 1024;

function graceOf(pod: Pod): number {
  return pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
}
