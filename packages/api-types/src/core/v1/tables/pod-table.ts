import type { ContainerStatus, Pod } from '../../../generated/core-v1.types';
import type { TableDefinition, TableRowCondition } from '../../../machinery/table';
import { AGE_COLUMN, age, column, NAME_COLUMN, NONE, orNone, wideColumn } from './columns';

export const POD_TABLE: TableDefinition<Pod> = {
  columns: [
    NAME_COLUMN,
    column('Ready', 'How many of the containers are ready.'),
    column('Status', 'What the pod and its containers are doing.'),
    column('Restarts', 'How often containers of the pod were restarted.', 'integer'),
    AGE_COLUMN,
    wideColumn('IP', 'Address of the pod.'),
    wideColumn('Node', 'Node that the pod is bound to.'),
    wideColumn('Nominated Node', 'Node on which room is being made for the pod.'),
    wideColumn('Readiness Gates', 'How many of the conditions that the pod waits for are true.'),
  ],
  cells(pod, nowMs) {
    const summary = summarize(pod);
    const { spec, status } = pod;
    return [
      pod.metadata.name ?? '',
      `${summary.ready}/${spec?.containers.length ?? 0}`,
      statusText(pod, summary.reason),
      summary.restarts,
      age(pod.metadata, nowMs),
      orNone(status?.podIPs?.[0]?.ip ?? status?.podIP),
      orNone(spec?.nodeName),
      orNone(status?.nominatedNodeName),
      readinessGates(pod),
    ];
  },
  conditions(pod): TableRowCondition[] {
    const ended = { type: 'Completed', status: 'True' };
    switch (pod.status?.phase) {
      case 'Succeeded':
        return [{ ...ended, reason: 'Succeeded', message: 'The pod has completed successfully.' }];
      case 'Failed':
        return [{ ...ended, reason: 'Failed', message: 'The pod failed.' }];
      default:
        return [];
    }
  },
};

interface PodSummary {
  readonly reason: string;
  readonly restarts: number;
  readonly ready: number;
}

function summarize(pod: Pod): PodSummary {
  const phase = pod.status?.reason ?? pod.status?.phase ?? '';
  return initSummary(pod) ?? mainSummary(pod, phase);
}

/** What an init container says that has not succeeded yet; `undefined` when all have. */
function initSummary(pod: Pod): PodSummary | undefined {
  const statuses = pod.status?.initContainerStatuses ?? [];
  let restarts = 0;
  for (const [index, container] of statuses.entries()) {
    restarts += container.restartCount;
    const { terminated, waiting } = container.state ?? {};
    if (terminated?.exitCode === 0) continue;
    const waitingReason = waiting?.reason ?? '';
    const progress = `${index}/${pod.spec?.initContainers?.length ?? 0}`;
    const reason =
      terminated !== undefined
        ? endReason(terminated)
        : waitingReason !== '' && waitingReason !== 'PodInitializing'
          ? waitingReason
          : progress;
    return { reason: `Init:${reason}`, restarts, ready: 0 };
  }
  return undefined;
}

function mainSummary(pod: Pod, phase: string): PodSummary {
  let reason = phase;
  let restarts = 0;
  let ready = 0;
  // The first container has the last word.
  for (const container of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    restarts += container.restartCount;
    const said = containerReason(container);
    if (said !== undefined) reason = said;
    else if (container.ready && container.state?.running !== undefined) ready += 1;
  }
  if (reason === 'Completed' && ready > 0) reason = isReady(pod) ? 'Running' : 'NotReady';
  return { reason, restarts, ready };
}

function containerReason({ state }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason !== undefined && state.waiting.reason !== '') return state.waiting.reason;
  return state?.terminated === undefined ? undefined : endReason(state.terminated);
}

function endReason(end: { readonly reason?: string; readonly signal?: number; readonly exitCode: number }): string {
  if (end.reason !== undefined && end.reason !== '') return end.reason;
  return end.signal !== undefined && end.signal !== 0 ? `Signal:${end.signal}` : `ExitCode:${end.exitCode}`;
}

function statusText(pod: Pod, reason: string): string {
  if (pod.metadata.deletionTimestamp === undefined) return reason;
  return pod.status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
}

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const conditions = pod.status?.conditions ?? [];
  const open = gates.filter((gate) => conditions.find(({ type }) => type === gate.conditionType)?.status === 'True');
  return `${open.length}/${gates.length}`;
}
