import {
  reservationsOf,
  type CheckInfo,
  type CommandInfo,
  type ContainerInfo,
  type DurationInfo,
  type ExecutorInfo,
  type HealthCheck,
  type Resource,
  type TaskInfo,
} from '@kubernetes-mesos/mesos';
import { roleNameError } from './roles';

/** What a task must satisfy by itself, apart from offers and other tasks. Texts are those that Mesos answers. */

const MAX_ID_LENGTH = 255;

/** What is wrong with an id that names a file on the agent; `undefined` when it is fine. */
export function idError(id: string): string | undefined {
  if (id === '') return 'ID must not be empty';
  if (id.length > MAX_ID_LENGTH) return `ID must not be greater than ${MAX_ID_LENGTH} characters`;
  if (id === '.' || id === '..') return `'${id}' is disallowed`;
  // eslint-disable-next-line no-control-regex -- control characters are what Mesos refuses
  if (/[\x00-\x1f\x7f/\\]/.test(id)) return `'${id}' contains invalid characters`;
  return undefined;
}

export function taskShapeError(task: TaskInfo): string | undefined {
  const badId = idError(task.task_id.value);
  if (badId !== undefined) return `'TaskID' is invalid: ${badId}`;
  if ((task.executor === undefined) === (task.command === undefined)) {
    return 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present';
  }
  return taskDetailError(task);
}

/** Checks that tasks of groups share: everything but the choice between command and executor. */
export function taskDetailError(task: TaskInfo): string | undefined {
  const { resources = [] } = task;
  if (resources.length === 0) return 'Task uses no resources';
  return (
    resourcesError(resources) ??
    limitsError(task) ??
    negativeError(task.kill_policy?.grace_period, "Task's 'kill_policy.grace_period'") ??
    negativeError(task.max_completion_time, "Task's 'max_completion_time'") ??
    checkError(task.check) ??
    healthCheckError(task.health_check) ??
    commandError(task.command) ??
    containerError(task.container)
  );
}

/** Of an executor that a LAUNCH names. */
export function executorError(executor: ExecutorInfo, frameworkId: string): string | undefined {
  const badId = idError(executor.executor_id.value);
  if (badId !== undefined) return `'ExecutorID' is invalid: ${badId}`;
  if (executor.type !== undefined && executor.type !== 'CUSTOM') return "'ExecutorInfo.type' must be 'CUSTOM'";
  if (executor.command === undefined) return "'ExecutorInfo.command' must be set for 'CUSTOM' executor";
  return executorDetailError(executor, frameworkId);
}

/** Of an executor in either kind of launch. */
export function executorDetailError(executor: ExecutorInfo, frameworkId: string): string | undefined {
  const given = executor.framework_id?.value;
  if (given !== undefined && given !== frameworkId) {
    return `ExecutorInfo has an invalid FrameworkID (Actual: ${given} vs Expected: ${frameworkId})`;
  }
  return (
    resourcesError(executor.resources ?? []) ??
    negativeError(executor.shutdown_grace_period, "ExecutorInfo's 'shutdown_grace_period'") ??
    commandError(executor.command) ??
    containerError(executor.container)
  );
}

export function resourcesError(resources: readonly Resource[]): string | undefined {
  const revocable = new Map<string, boolean>();
  for (const resource of resources) {
    const error = resourceError(resource);
    if (error !== undefined) return `Task uses invalid resources: ${error}`;
    const isRevocable = resource.revocable !== undefined;
    if ((revocable.get(resource.name) ?? isRevocable) !== isRevocable) {
      return `Task uses invalid resources: Cannot use both revocable and non-revocable '${resource.name}' at the same time`;
    }
    revocable.set(resource.name, isRevocable);
  }
  return undefined;
}

function resourceError(resource: Resource): string | undefined {
  const { name, type } = resource;
  if (name === '') return 'Empty resource name';
  switch (type) {
    case 'SCALAR': {
      const value = resource.scalar?.value;
      if (value === undefined || resource.ranges !== undefined || resource.set !== undefined) {
        return `Invalid scalar resource '${name}'`;
      }
      if (!(value >= 0)) return `Invalid scalar resource '${name}': value < 0`;
      if (name === 'gpus' && !Number.isInteger(value)) return "The 'gpus' resource must be an unsigned integer";
      break;
    }
    case 'RANGES': {
      const range = resource.ranges?.range;
      if (range === undefined || resource.scalar !== undefined || resource.set !== undefined) {
        return `Invalid ranges resource '${name}'`;
      }
      const sorted = [...range].sort((a, b) => a.begin - b.begin);
      for (const [index, { begin, end }] of sorted.entries()) {
        if (begin > end) return `Invalid ranges resource '${name}': begin is after end`;
        if (index > 0 && begin <= (sorted[index - 1]?.end ?? -1)) {
          return `Invalid ranges resource '${name}': overlapping ranges`;
        }
      }
      break;
    }
    case 'SET':
      if (resource.set === undefined || resource.scalar !== undefined || resource.ranges !== undefined) {
        return `Invalid set resource '${name}'`;
      }
      break;
    case 'TEXT':
      return `Unsupported type for resource '${name}'`;
  }
  return reservationError(resource);
}

function reservationError(resource: Resource): string | undefined {
  const stack = resource.reservations ?? [];
  if (stack.length > 0 && (resource.reservation !== undefined || (resource.role ?? '*') !== '*')) {
    return "'Resource.role' or 'Resource.reservation' must not be set together with 'Resource.reservations'";
  }
  if (stack.length === 0 && resource.reservation !== undefined && (resource.role ?? '*') === '*') {
    return "Invalid reservation: role '*' cannot be dynamically reserved";
  }
  let above: string | undefined;
  for (const { role = '*' } of reservationsOf(resource)) {
    const error = roleNameError(role);
    if (error !== undefined || role === '*') return `Invalid reservation role '${role}'`;
    if (above !== undefined && !role.startsWith(`${above}/`)) {
      return `Invalid refined reservation: '${role}' is not below '${above}'`;
    }
    above = role;
  }
  return undefined;
}

function limitsError(task: TaskInfo): string | undefined {
  for (const [name, { value }] of Object.entries(task.limits ?? {})) {
    if (name !== 'cpus' && name !== 'mem') return `Resource limits may only be set for 'cpus' and 'mem', not '${name}'`;
    const requested = (task.resources ?? [])
      .filter((resource) => resource.name === name)
      .reduce((sum, resource) => sum + (resource.scalar?.value ?? 0), 0);
    if (value < requested) return `The ${name} limit (${value}) is less than the request (${requested})`;
  }
  return undefined;
}

function negativeError(duration: DurationInfo | undefined, name: string): string | undefined {
  return duration !== undefined && duration.nanoseconds < 0 ? `${name} must be non-negative` : undefined;
}

function checkError(check: CheckInfo | undefined): string | undefined {
  if (check === undefined) return undefined;
  switch (check.type) {
    case 'COMMAND':
      return check.command === undefined ? "Expecting 'command' to be set for COMMAND check" : undefined;
    case 'HTTP':
      return check.http === undefined ? "Expecting 'http' to be set for HTTP check" : undefined;
    case 'TCP':
      return check.tcp === undefined ? "Expecting 'tcp' to be set for TCP check" : undefined;
    case 'UNKNOWN':
    case undefined:
      return 'CheckInfo must specify type';
  }
}

function healthCheckError(check: HealthCheck | undefined): string | undefined {
  if (check === undefined) return undefined;
  switch (check.type) {
    case 'COMMAND':
      return check.command === undefined ? "Expecting 'command' to be set for COMMAND health check" : undefined;
    case 'HTTP':
      return check.http === undefined ? "Expecting 'http' to be set for HTTP health check" : undefined;
    case 'TCP':
      return check.tcp === undefined ? "Expecting 'tcp' to be set for TCP health check" : undefined;
    case 'UNKNOWN':
    case undefined:
      return 'HealthCheck must specify type';
  }
}

function commandError(command: CommandInfo | undefined): string | undefined {
  for (const variable of command?.environment?.variables ?? []) {
    const { name, type = 'VALUE', value, secret } = variable;
    if (type === 'UNKNOWN') return `Environment variable '${name}' of type 'UNKNOWN' is not allowed`;
    if (type === 'VALUE' && (value === undefined || secret !== undefined)) {
      return `Environment variable '${name}' of type 'VALUE' must have a value set`;
    }
    if (type === 'SECRET' && (secret === undefined || value !== undefined)) {
      return `Environment variable '${name}' of type 'SECRET' must have a secret set`;
    }
  }
  return undefined;
}

function containerError(container: ContainerInfo | undefined): string | undefined {
  if (container === undefined) return undefined;
  if (container.type === 'DOCKER') {
    if (container.docker === undefined) return 'DockerInfo is not set for DOCKER typed ContainerInfo';
    if ((container.docker.parameters ?? []).some(({ key }) => key === 'name')) {
      return "Parameter in DockerInfo must not be 'name'";
    }
  }
  for (const volume of container.volumes ?? []) {
    const sources = [volume.host_path, volume.image, volume.source].filter((source) => source !== undefined).length;
    if (sources > 1) return "Only one of them should be set: 'host_path', 'image' and 'source'";
  }
  return undefined;
}
