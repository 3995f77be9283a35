import type { Container, ContainerStatus, Pod } from '../../../generated/core-v1.types';
import type { TableDefinition, TableRowCondition } from '../../../machinery/table';
import { AGE_COLUMN, age, column, firstOf, NAME_COLUMN, NONE, orNone, wideColumn } from './columns';

const GATED = 'SchedulingGated';

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
      `${summary.ready}/${containerCount(pod)}`,
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

interface InitSummary {
  /** What an init container says that has not succeeded yet; `undefined` when all have. */
  readonly reason: string | undefined;
  readonly restarts: number;
  readonly sidecarRestarts: number;
  readonly readySidecars: number;
}

function summarize(pod: Pod): PodSummary {
  const init = summarizeInit(pod);
  if (init.reason !== undefined && !isTrue(pod, 'Initialized')) {
    return { reason: init.reason, restarts: init.restarts, ready: init.readySidecars };
  }
  const main = summarizeMain(pod, init.reason ?? phaseReason(pod));
  return {
    reason: main.reason,
    restarts: init.sidecarRestarts + main.restarts,
    ready: init.readySidecars + main.ready,
  };
}

function phaseReason({ status }: Pod): string {
  const isGated = status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === GATED) ?? false;
  return isGated ? GATED : firstOf(status?.reason, status?.phase);
}

function summarizeInit(pod: Pod): InitSummary {
  const containers = pod.spec?.initContainers ?? [];
  let reason: string | undefined;
  let restarts = 0;
  let sidecarRestarts = 0;
  let readySidecars = 0;
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const container = containers.find(({ name }) => name === status.name);
    const isSidecarStatus = container !== undefined && isSidecar(container);
    restarts += status.restartCount;
    if (isSidecarStatus) sidecarRestarts += status.restartCount;
    if (status.state?.terminated?.exitCode === 0) continue;
    if (isSidecarStatus && status.started === true) {
      if (status.ready) readySidecars += 1;
      continue;
    }
    reason = `Init:${initReason(status) ?? `${index}/${containers.length}`}`;
    break;
  }
  return { reason, restarts, sidecarRestarts, readySidecars };
}

function initReason({ state }: ContainerStatus): string | undefined {
  if (state?.terminated !== undefined) return endReason(state.terminated);
  const waiting = state?.waiting?.reason ?? '';
  return waiting === '' || waiting === 'PodInitializing' ? undefined : waiting;
}

function summarizeMain(pod: Pod, before: string): PodSummary {
  let reason = before;
  let restarts = 0;
  let ready = 0;
  // The first container has the last word.
  for (const container of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    restarts += container.restartCount;
    const said = containerReason(container);
    if (said !== undefined) reason = said;
    else if (container.ready && container.state?.running !== undefined) ready += 1;
  }
  if (reason === 'Completed' && ready > 0) reason = isTrue(pod, 'Ready') ? 'Running' : 'NotReady';
  return { reason, restarts, ready };
}

/** Init containers that go on running are counted beside the others. */
function containerCount(pod: Pod): number {
  return (pod.spec?.containers?.length ?? 0) + (pod.spec?.initContainers ?? []).filter(isSidecar).length;
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
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

function isTrue(pod: Pod, condition: string): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === condition && status === 'True') ?? false;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const conditions = pod.status?.conditions ?? [];
  const open = gates.filter((gate) => conditions.find(({ type }) => type === gate.conditionType)?.status === 'True');
  return `${open.length}/${gates.length}`;
}
