import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { errorMessage, type Clock, type Logger, type Timer } from '@kubernetes-mesos/component-base';
import type { ExecutorClient, KillPolicy, TaskInfo, TaskState, TaskStatus } from '@kubernetes-mesos/mesos';
import { argvOf } from '../agent/launcher';

/** Between SIGTERM and SIGKILL when neither the kill nor the task says otherwise, ms. */
const DEFAULT_KILL_GRACE_MS = 3000;

export interface CommandExecutorOptions {
  readonly client: ExecutorClient;
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

type State =
  | { readonly phase: 'idle' }
  | { readonly phase: 'running'; readonly task: TaskInfo; readonly child: ChildProcess; readonly killed: boolean }
  | { readonly phase: 'done' };

/** Runs the one command of a command task and ends when the task's last update is stored by the agent. */
export class CommandExecutor {
  readonly #options: CommandExecutorOptions;
  #state: State = { phase: 'idle' };
  #killTimer: Timer | undefined;
  #completionTimer: Timer | undefined;
  #kills = false;

  constructor(options: CommandExecutorOptions) {
    this.#options = options;
  }

  /** Resolves when the task has ended and its end is stored, or when the agent says so. */
  async run(): Promise<void> {
    const { client, signal, logger } = this.#options;
    const stop = (): void => this.#kill(undefined);
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const event of client.events()) {
        switch (event.type) {
          case 'SUBSCRIBED': {
            const capabilities = event.subscribed.framework_info.capabilities ?? [];
            this.#kills = capabilities.some(({ type }) => type === 'TASK_KILLING_STATE');
            break;
          }
          case 'LAUNCH':
            this.#launch(event.launch.task);
            break;
          case 'KILL':
            this.#kill(event.kill.kill_policy);
            break;
          case 'SHUTDOWN':
            this.#kill(undefined);
            if (this.#state.phase !== 'running') return;
            break;
          case 'ACKNOWLEDGED':
            if (this.#state.phase === 'done' && client.unacknowledgedUpdates === 0) return;
            break;
          case 'ERROR':
            logger.error('refused by the agent', { error: event.error.message });
            return;
          default:
            break;
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#killTimer?.cancel();
      this.#completionTimer?.cancel();
      if (this.#state.phase === 'running') signalGroup(this.#state.child, 'SIGKILL');
      await client.close();
    }
  }

  #launch(task: TaskInfo): void {
    if (this.#state.phase !== 'idle') return; // sent again after a reconnection
    this.#update(task, 'TASK_STARTING');
    const command = task.command ?? {};
    let child: ChildProcess;
    try {
      const [program, args, argv0] = argvOf(command);
      const env: Record<string, string> = { ...this.#options.environment };
      for (const { name, value } of command.environment?.variables ?? []) if (value !== undefined) env[name] = value;
      child = spawn(program, [...args], {
        env,
        detached: true,
        stdio: ['ignore', 'inherit', 'inherit'],
        ...(argv0 === undefined ? {} : { argv0 }),
      });
    } catch (error) {
      this.#end(task, 'TASK_FAILED', `Failed to start the command: ${errorMessage(error)}`);
      return;
    }
    this.#state = { phase: 'running', task, child, killed: false };
    child.once('error', (error) => this.#end(task, 'TASK_FAILED', `Failed to start the command: ${error.message}`));
    child.once('spawn', () => this.#update(task, 'TASK_RUNNING'));
    child.once('exit', (code, signal) => this.#exited(task, code, signal));
    const { max_completion_time } = task;
    if (max_completion_time !== undefined) {
      this.#completionTimer = this.#options.clock.setTimer(
        () => this.#timedOut(),
        max_completion_time.nanoseconds / 1e6,
      );
    }
  }

  #exited(task: TaskInfo, code: number | null, signal: NodeJS.Signals | null): void {
    const killed = this.#state.phase === 'running' && this.#state.killed;
    if (this.#state.phase !== 'running') return;
    signalGroup(this.#state.child, 'SIGKILL'); // what it left in its group
    const how =
      signal === null
        ? `Command exited with status ${code ?? 0}`
        : `Command terminated with signal ${signal} (${constants.signals[signal]})`;
    this.#end(task, killed ? 'TASK_KILLED' : code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', how);
  }

  #kill(policy: KillPolicy | undefined): void {
    if (this.#state.phase !== 'running') return;
    const { task, child, killed } = this.#state;
    const grace = policy?.grace_period ?? task.kill_policy?.grace_period;
    const graceMs = grace === undefined ? DEFAULT_KILL_GRACE_MS : grace.nanoseconds / 1e6;
    if (!killed) {
      this.#state = { ...this.#state, killed: true };
      if (this.#kills) this.#update(task, 'TASK_KILLING');
      signalGroup(child, 'SIGTERM');
    }
    // A later kill may shorten the time.
    this.#killTimer?.cancel();
    this.#killTimer = this.#options.clock.setTimer(() => signalGroup(child, 'SIGKILL'), graceMs);
  }

  #timedOut(): void {
    if (this.#state.phase !== 'running') return;
    const { task, child } = this.#state;
    this.#end(task, 'TASK_FAILED', 'Task exceeded its max_completion_time', 'REASON_MAX_COMPLETION_TIME_REACHED');
    signalGroup(child, 'SIGKILL');
  }

  #end(task: TaskInfo, state: TaskState, message: string, reason?: TaskStatus['reason']): void {
    if (this.#state.phase === 'done') return;
    this.#state = { phase: 'done' };
    this.#killTimer?.cancel();
    this.#completionTimer?.cancel();
    this.#update(task, state, message, reason);
  }

  #update(task: TaskInfo, state: TaskState, message?: string, reason?: TaskStatus['reason']): void {
    const status: TaskStatus = {
      task_id: task.task_id,
      state,
      source: 'SOURCE_EXECUTOR',
      ...(message === undefined ? {} : { message }),
      ...(reason === undefined ? {} : { reason }),
      ...(task.check === undefined ? {} : { check_status: {} }),
    };
    // Kept by the client until the agent has it; a failure to send is no failure of the task.
    this.#options.client.call({ type: 'UPDATE', update: { status } }).catch((error: unknown) => {
      this.#options.logger.warn('update not sent yet', { task: task.task_id.value, error });
    });
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group has ended.
  }
}
