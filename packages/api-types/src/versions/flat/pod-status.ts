import type { InfraContainer } from '../../infra-container';
import { legacyConditions } from '../shared/conditions';
import type { InternalContainerStatus, InternalPodStatus } from '../shared/internal';
import { compact, items, text } from '../shared/members';
import { stateFromInternal, stateToInternal } from '../shared/pod-parts';
import { LegacyDecodeError } from '../shape/errors';
import type { Decoded, Draft } from '../shape/shape';
import { conditionStatusFromInternal, conditionStatusToInternal } from './conditions';
import { EMPTY_MANIFEST } from './pod-spec';
import type { CONTAINER_STATUS, POD_STATE } from './pod-shapes';

const PHASES: Readonly<Record<string, string>> = {
  '': '',
  Waiting: 'Pending',
  Running: 'Running',
  Terminated: 'Failed',
  Succeeded: 'Succeeded',
  Unknown: 'Unknown',
};
const PHASES_BACK = new Map(Object.entries(PHASES).map(([flat, internal]) => [internal, flat]));

/** The entry of a pod's own network container, which has the pod's address. */
const NETWORK_CONTAINER = 'POD';

/**
 * `infra` is what the pod's annotations say of its network container: the entry that shows it is not kept twice.
 * @throws LegacyDecodeError for a status that is none of the known words
 */
export function podStatusToInternal(current: Decoded<typeof POD_STATE>, infra?: InfraContainer): InternalPodStatus {
  const podIP = text(current.podIP);
  const info = Object.entries(current.info ?? {}).filter(([name]) => infra === undefined || name !== NETWORK_CONTAINER);
  return compact<InternalPodStatus>({
    phase: text(phaseToInternal(current.status)),
    conditions: items(current.Condition, ({ kind, status }) => ({
      type: kind,
      status: conditionStatusToInternal(status),
    })),
    message: text(current.message),
    hostIP: text(current.hostIP),
    podIP,
    podIPs: podIP === undefined ? undefined : [{ ip: podIP }],
    containerStatuses: items(info, ([name, status]) => statusToInternal(name, status)),
  });
}

/** The host of the current state is the pod's node: release 0.14 set it when it bound the pod. */
export function currentStateFromInternal(
  status: InternalPodStatus,
  nodeName: string | undefined,
  infra?: InfraContainer,
): Draft<typeof POD_STATE> {
  const statuses = infra === undefined ? [] : [infraStatus(infra)];
  // A status that somebody has written under that very name comes after it, and wins.
  statuses.push(...(status.containerStatuses ?? []));
  return {
    manifest: EMPTY_MANIFEST,
    status: phaseFromInternal(status.phase ?? ''),
    Condition: legacyConditions(status.conditions).map((condition) => ({
      kind: condition.type,
      status: conditionStatusFromInternal(condition.status),
    })),
    message: status.message,
    host: nodeName,
    hostIP: status.hostIP,
    podIP: status.podIP,
    info: Object.fromEntries(
      statuses.map((container) => [container.name, statusFromInternal(container, status.podIP ?? '')]),
    ),
  };
}

/** `Waiting` -> `Pending`, ... @throws LegacyDecodeError for other words */
export function phaseToInternal(status: string): string {
  const phase = PHASES[status];
  if (phase !== undefined) return phase;
  const text = 'The string provided is not a valid PodPhase constant value.';
  throw new LegacyDecodeError(`Conversion error: ${text} (in: ${status} out: )`);
}

export function phaseFromInternal(phase: string): string {
  return PHASES_BACK.get(phase) ?? phase;
}

function infraStatus(infra: InfraContainer): InternalContainerStatus {
  const { image, imageID, containerID, startedAt, finishedAt, exitCode = 0 } = infra;
  const state =
    finishedAt === undefined
      ? { running: { startedAt } }
      : { terminated: { exitCode, startedAt, finishedAt, containerID } };
  return { name: NETWORK_CONTAINER, state, lastState: {}, ready: false, restartCount: 0, image, imageID, containerID };
}

function statusToInternal(name: string, status: Decoded<typeof CONTAINER_STATUS>): InternalContainerStatus {
  return compact<InternalContainerStatus>({
    name,
    state: stateToInternal(status.state),
    lastState: stateToInternal(status.lastState),
    ready: status.ready,
    restartCount: status.restartCount,
    image: status.image,
    imageID: status.imageID,
    containerID: text(status.containerID),
  });
}

function statusFromInternal(status: InternalContainerStatus, podIP: string): Draft<typeof CONTAINER_STATUS> {
  return {
    state: stateFromInternal(status.state),
    lastState: stateFromInternal(status.lastState),
    ready: status.ready,
    restartCount: status.restartCount,
    podIP: status.name === NETWORK_CONTAINER ? podIP : undefined,
    image: status.image,
    imageID: status.imageID,
    containerID: status.containerID,
  };
}
