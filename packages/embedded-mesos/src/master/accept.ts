import {
  ResourcePool,
  type ExecutorInfo,
  type OfferOperation,
  type Resource,
  type SchedulerCallAccept,
  type TaskInfo,
  type TaskStatusReason,
} from '@kubernetes-mesos/mesos';
import { resourcesText } from '../resources/format';
import { normalized } from '../resources/reservations';
import { offerProblem, type OfferProblem } from './accept-offers';
import type { Cluster } from './cluster';
import { sameExecutor } from './executor-equality';
import { addFilter, refusalMs } from './filters';
import { launch, type ExecutorPlan } from './launch';
import type { Agent, Framework, OfferRecord } from './state';
import { executorDetailError, executorError, taskDetailError, taskShapeError, idError } from './validate-task';

/** ACCEPT and DECLINE. */

/** Smallest executor that a task group may bring. */
const MIN_GROUP_EXECUTOR_CPUS = 0.01;
const MIN_GROUP_EXECUTOR_MEM = 32;

export function decline(
  cluster: Cluster,
  framework: Framework,
  offerIds: readonly string[],
  refuseSeconds: number | undefined,
  now: number,
): void {
  for (const id of new Set(offerIds)) {
    const offer = cluster.state.offers.get(id);
    if (offer?.frameworkId !== framework.id) continue; // stale: Mesos only logs it
    cluster.takeOffer(offer, { release: true });
    cluster.counters.add('offers_declined');
    refuse(cluster, framework, offer, offer.resources, refuseSeconds, now);
  }
}

export function accept(cluster: Cluster, framework: Framework, call: SchedulerCallAccept, now: number): void {
  const ids = (call.offer_ids ?? []).map(({ value }) => value);
  const operations = call.operations ?? [];
  const offers = ids.flatMap((id) => cluster.state.offers.get(id) ?? []).filter((o) => o.frameworkId === framework.id);
  const problem = offerProblem(cluster, framework, ids);
  const [first] = offers;
  const agent = first === undefined ? undefined : cluster.state.agents.get(first.agentId);
  for (const offer of offers) {
    cluster.takeOffer(offer, { release: problem !== undefined });
    cluster.counters.add('offers_accepted');
  }
  if (problem !== undefined || agent === undefined || first === undefined) {
    const why: OfferProblem = problem ?? { reason: 'REASON_AGENT_REMOVED', message: 'Agent removed' };
    failOperations(cluster, framework, operations, why, now);
    return;
  }

  const { role } = first;
  const pool = ResourcePool.of(offers.flatMap((offer) => offer.resources));
  const run: AcceptRun = { cluster, framework, agent, role, pool, now };
  for (const operation of operations) perform(run, operation);

  const unused = pool.toResources();
  if (unused.length === 0) return;
  cluster.release(agent, framework.id, role, unused);
  refuse(cluster, framework, first, unused, call.filters?.refuse_seconds, now);
}

interface AcceptRun {
  readonly cluster: Cluster;
  readonly framework: Framework;
  readonly agent: Agent;
  readonly role: string;
  /** What the offers hold and no operation has used yet. */
  readonly pool: ResourcePool;
  readonly now: number;
}

function refuse(
  cluster: Cluster,
  framework: Framework,
  offer: OfferRecord,
  resources: readonly Resource[],
  refuseSeconds: number | undefined,
  now: number,
): void {
  const ms = refusalMs(refuseSeconds, cluster.settings.allocationIntervalMs);
  if (ms > 0) addFilter(framework, offer.role, offer.agentId, resources, now + ms);
}

function perform(run: AcceptRun, operation: OfferOperation): void {
  const { cluster, framework } = run;
  switch (operation.type) {
    case 'LAUNCH': {
      const tasks = operation.launch?.task_infos ?? [];
      const invalid = operation.id === undefined ? undefined : 'Operation ids are not supported for LAUNCH';
      for (const task of tasks) {
        if (invalid === undefined) launchTask(run, task);
        else taskError(run, task, 'REASON_TASK_INVALID', invalid);
      }
      return;
    }
    case 'LAUNCH_GROUP': {
      const group = operation.launch_group;
      if (group === undefined) return;
      const tasks = group.task_group.tasks ?? [];
      const error =
        operation.id === undefined
          ? launchGroup(run, group.executor, tasks)
          : 'Operation ids are not supported for LAUNCH_GROUP';
      if (error !== undefined) for (const task of tasks) taskError(run, task, 'REASON_TASK_GROUP_INVALID', error);
      return;
    }
    case undefined:
    case 'UNKNOWN':
    case 'RESERVE':
    case 'UNRESERVE':
    case 'CREATE':
    case 'DESTROY':
    case 'GROW_VOLUME':
    case 'SHRINK_VOLUME':
    case 'CREATE_DISK':
    case 'DESTROY_DISK':
      operationError(cluster, framework, operation, `${operation.type ?? 'UNKNOWN'} is not supported by this master`);
      return;
  }
}

function launchTask(run: AcceptRun, task: TaskInfo): void {
  const { framework, agent, pool, role } = run;
  const error = taskShapeError(task) ?? contextError(run, task) ?? ownExecutorError(run, task.executor);
  if (error !== undefined) {
    taskError(run, task, 'REASON_TASK_INVALID', error);
    return;
  }
  const resources = (task.resources ?? []).map((resource) => normalized(resource, role));
  const plan = executorPlan(run, task.executor);
  const needed = plan.kind === 'new' ? [...resources, ...plan.resources] : resources;
  const clash =
    task.executor === undefined ? undefined : portClash(resources, (task.executor.resources ?? []).map(toRole(role)));
  if (clash !== undefined || !pool.contains(needed)) {
    const message =
      clash ??
      `Total resources ${resourcesText(needed)} required by task and its executor is more than available ${resourcesText(pool.toResources())}`;
    taskError(run, task, 'REASON_TASK_INVALID', message);
    return;
  }
  pool.subtract(needed);
  launch(run.cluster, framework, agent, { tasks: [{ info: task, resources }], executor: plan, group: false, role });
}

/** @returns why no task of the group is launched */
function launchGroup(run: AcceptRun, executor: ExecutorInfo, tasks: readonly TaskInfo[]): string | undefined {
  const { framework, agent, pool, role } = run;
  const error = groupExecutorError(run, executor) ?? groupTasksError(run, executor, tasks);
  if (error !== undefined) return error;
  const planned = tasks.map((info) => ({
    info,
    resources: (info.resources ?? []).map((resource) => normalized(resource, role)),
  }));
  const plan = executorPlan(run, executor);
  const needed = [...planned.flatMap(({ resources }) => resources), ...(plan.kind === 'new' ? plan.resources : [])];
  if (!pool.contains(needed)) {
    return `Total resources ${resourcesText(needed)} required by task group and its executor are more than available ${resourcesText(pool.toResources())}`;
  }
  pool.subtract(needed);
  launch(run.cluster, framework, agent, { tasks: planned, executor: plan, group: true, role });
  return undefined;
}

function groupExecutorError(run: AcceptRun, executor: ExecutorInfo): string | undefined {
  const { framework } = run;
  const badId = idError(executor.executor_id.value);
  if (badId !== undefined) return `'ExecutorID' is invalid: ${badId}`;
  if (executor.type === undefined || executor.type === 'UNKNOWN') return "'ExecutorInfo.type' must be set";
  if (executor.framework_id === undefined) return "'ExecutorInfo.framework_id' must be set";
  if (executor.type === 'CUSTOM' && executor.command === undefined) {
    return "'ExecutorInfo.command' must be set for 'CUSTOM' executor";
  }
  if (executor.type === 'DEFAULT') return 'The default executor is not supported by this master';
  if (executor.container?.type === 'DOCKER') return 'Docker ContainerInfo is not supported on the executor';
  const id = executor.executor_id.value;
  const sum = (name: string): number =>
    (executor.resources ?? [])
      .filter((resource) => resource.name === name)
      .reduce((total, resource) => total + (resource.scalar?.value ?? 0), 0);
  if (sum('cpus') < MIN_GROUP_EXECUTOR_CPUS) {
    return `Executor '${id}' uses less CPUs (${sum('cpus')}) than the minimum required (${MIN_GROUP_EXECUTOR_CPUS})`;
  }
  if (sum('mem') < MIN_GROUP_EXECUTOR_MEM) {
    return `Executor '${id}' uses less memory (${sum('mem')}MB) than the minimum required (${MIN_GROUP_EXECUTOR_MEM}MB)`;
  }
  if (sum('disk') <= 0) return `Executor '${id}' uses no disk`;
  return executorDetailError(executor, framework.id) ?? compatibilityError(run, executor);
}

function groupTasksError(run: AcceptRun, executor: ExecutorInfo, tasks: readonly TaskInfo[]): string | undefined {
  if (tasks.length === 0) return 'Task group cannot be empty';
  const seen = new Set<string>();
  for (const task of tasks) {
    const id = task.task_id.value;
    const badId = idError(id);
    if (badId !== undefined) return `'TaskID' is invalid: ${badId}`;
    if (seen.has(id)) return `Task group has duplicate ID: ${id}`;
    seen.add(id);
    if (task.container?.type === 'DOCKER') return 'Docker ContainerInfo is not supported on the task';
    if (task.executor !== undefined && !sameExecutor(withFramework(run, task.executor), withFramework(run, executor))) {
      return "The 'ExecutorInfo' of task is different from executor";
    }
    const error = contextError(run, task) ?? taskDetailError(task);
    if (error !== undefined) return `Task '${id}' is invalid: ${error}`;
  }
  return undefined;
}

/** Checks against what the master already runs. */
function contextError({ framework, agent }: AcceptRun, task: TaskInfo): string | undefined {
  const id = task.task_id.value;
  if (framework.tasks.has(id)) return `Task has duplicate ID: ${id}`;
  if (framework.unreachableTasks.has(id)) return `Task reuses the ID of an unreachable task: ${id}`;
  if (task.agent_id.value !== agent.id) {
    return `Task uses invalid agent ${task.agent_id.value} while agent ${agent.id} is expected`;
  }
  return undefined;
}

function ownExecutorError(run: AcceptRun, executor: ExecutorInfo | undefined): string | undefined {
  if (executor === undefined) return undefined;
  return executorError(executor, run.framework.id) ?? compatibilityError(run, executor);
}

function compatibilityError(run: AcceptRun, executor: ExecutorInfo): string | undefined {
  const known = run.agent.executors.get(run.framework.id)?.get(executor.executor_id.value);
  const given = withRoles(run, withFramework(run, executor));
  if (known === undefined || sameExecutor(known.info, given)) return undefined;
  const dump = (info: ExecutorInfo): string => JSON.stringify(info, undefined, 2);
  return [
    'ExecutorInfo is not compatible with existing ExecutorInfo with same ExecutorID.',
    '------------------------------------------------------------',
    'Existing ExecutorInfo:',
    dump(known.info),
    '------------------------------------------------------------',
    "Task's ExecutorInfo:",
    dump(given),
    '------------------------------------------------------------',
  ].join('\n');
}

function executorPlan(run: AcceptRun, executor: ExecutorInfo | undefined): ExecutorPlan {
  if (executor === undefined) return { kind: 'command' };
  const info = withRoles(run, withFramework(run, executor));
  const known = run.agent.executors.get(run.framework.id)?.get(info.executor_id.value);
  return known === undefined
    ? { kind: 'new', info, resources: info.resources ?? [] }
    : { kind: 'running', info: known.info };
}

function withFramework(run: AcceptRun, executor: ExecutorInfo): ExecutorInfo {
  return executor.framework_id === undefined ? { ...executor, framework_id: { value: run.framework.id } } : executor;
}

function withRoles(run: AcceptRun, executor: ExecutorInfo): ExecutorInfo {
  const { resources } = executor;
  return resources === undefined ? executor : { ...executor, resources: resources.map(toRole(run.role)) };
}

function toRole(role: string): (resource: Resource) => Resource {
  return (resource) => normalized(resource, role);
}

/** The same port asked for by a task and by its executor is refused even when the executor runs already. */
function portClash(task: readonly Resource[], executor: readonly Resource[]): string | undefined {
  const wanted = ResourcePool.of(task).ranges('ports');
  const taken = ResourcePool.of(executor).ranges('ports');
  const clash = wanted.some((a) => taken.some((b) => a.begin <= b.end && b.begin <= a.end));
  return clash ? 'Task and its executor use the same ports' : undefined;
}

function taskError(run: AcceptRun, task: TaskInfo, reason: TaskStatusReason, message: string): void {
  run.cluster.counters.add('tasks_error');
  run.cluster.sendMasterStatus(
    run.framework,
    { task_id: task.task_id, state: 'TASK_ERROR', reason, message, agent_id: { value: run.agent.id } },
    run.now,
  );
}

/** The offers cannot be used: every task is lost, every operation that has an id fails. */
function failOperations(
  cluster: Cluster,
  framework: Framework,
  operations: readonly OfferOperation[],
  problem: OfferProblem,
  now: number,
): void {
  for (const operation of operations) {
    const tasks = operation.launch?.task_infos ?? operation.launch_group?.task_group.tasks ?? [];
    for (const task of tasks) {
      cluster.sendMasterStatus(
        framework,
        {
          task_id: task.task_id,
          state: cluster.lostState(framework, 'TASK_DROPPED'),
          reason: problem.reason,
          message: problem.message,
          agent_id: task.agent_id,
        },
        now,
      );
    }
    if (tasks.length === 0) operationError(cluster, framework, operation, problem.message);
  }
}

/** Told only for operations with an id; without a uuid, so nobody acknowledges it. */
function operationError(cluster: Cluster, framework: Framework, operation: OfferOperation, message: string): void {
  cluster.counters.add('operations_error');
  if (operation.id === undefined) return;
  cluster.toFramework(framework, {
    type: 'UPDATE_OPERATION_STATUS',
    update_operation_status: { status: { operation_id: operation.id, state: 'OPERATION_ERROR', message } },
  });
}
