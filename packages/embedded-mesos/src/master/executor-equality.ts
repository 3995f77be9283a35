import type { CommandInfo, ContainerInfo, ExecutorInfo } from '@kubernetes-mesos/mesos';
import { resourcesText } from '../resources/format';
import { normalized } from '../resources/reservations';

/**
 * Whether a launch may reuse the executor that already has this id: all that Mesos compares is equal. Labels, grace
 * period, networks and limits of the container are not compared; URIs and environment are sets.
 */
export function sameExecutor(a: ExecutorInfo, b: ExecutorInfo): boolean {
  return executorKey(a) === executorKey(b);
}

/** Keys of executors seen before: a running executor is compared with every task that joins it. */
const keys = new WeakMap<ExecutorInfo, string>();

function executorKey(info: ExecutorInfo): string {
  let key = keys.get(info);
  if (key === undefined) keys.set(info, (key = makeKey(info)));
  return key;
}

function makeKey(info: ExecutorInfo): string {
  return JSON.stringify([
    info.type ?? null,
    info.executor_id.value,
    info.data === undefined ? null : info.data.toString('base64'),
    // As an algebra: order and splitting of equal resources do not matter.
    resourcesText((info.resources ?? []).map((resource) => normalized(resource, undefined)))
      .split('; ')
      .sort(),
    commandKey(info.command),
    info.framework_id?.value ?? null,
    info.name ?? null,
    info.source ?? null,
    containerKey(info.container),
    info.discovery ?? null,
  ]);
}

function commandKey(command: CommandInfo | undefined): unknown {
  if (command === undefined) return null;
  return [
    command.value ?? null,
    command.shell ?? true,
    command.user ?? null,
    command.arguments ?? [],
    (command.uris ?? [])
      .map((uri) => JSON.stringify([uri.value, uri.executable ?? false, uri.extract ?? true, uri.output_file ?? null]))
      .sort(),
    (command.environment?.variables ?? []).map((variable) => JSON.stringify(sorted(variable))).sort(),
  ];
}

function containerKey(container: ContainerInfo | undefined): unknown {
  if (container === undefined) return null;
  return [container.type, container.hostname ?? null, container.docker ?? null, container.volumes ?? []];
}

function sorted(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
