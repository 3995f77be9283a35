import type { ContainerStatus, Pod, PodCondition, PodStatus } from '@kubernetes-mesos/api-types';

export interface Failure {
  /** CamelCase */
  readonly reason: string;
  readonly message: string;
  /** RFC 3339, whole seconds. */
  readonly at: string;
}

/** As if killed: the exit code that nobody saw. */
const UNKNOWN_EXIT_CODE = 137;
const READINESS = new Set(['Ready', 'ContainersReady']);

/** The status of a pod whose executor can tell nothing any more: Failed, not ready, and no container said to run. */
export function failedStatus(pod: Pod, failure: Failure): Partial<PodStatus> {
  const { conditions, containerStatuses } = pod.status ?? {};
  return {
    phase: 'Failed',
    reason: failure.reason,
    message: failure.message,
    ...(conditions === undefined ? {} : { conditions: conditions.map((each) => unready(each, failure)) }),
    ...(containerStatuses === undefined
      ? {}
      : { containerStatuses: containerStatuses.map((each) => ended(each, failure)) }),
  };
}

function unready(condition: PodCondition, { reason, message, at }: Failure): PodCondition {
  if (!READINESS.has(condition.type) || condition.status === 'False') return condition;
  return { ...condition, status: 'False', lastTransitionTime: at, reason, message };
}

function ended(status: ContainerStatus, { at }: Failure): ContainerStatus {
  if (status.state?.terminated !== undefined) return { ...status, ready: false };
  const startedAt = status.state?.running?.startedAt;
  return {
    ...status,
    ready: false,
    started: false,
    state: {
      terminated: {
        exitCode: UNKNOWN_EXIT_CODE,
        reason: 'ContainerStatusUnknown',
        message: 'the executor ended before it could tell how the container ended',
        ...(startedAt === undefined ? {} : { startedAt }),
        finishedAt: at,
        ...(status.containerID === undefined ? {} : { containerID: status.containerID }),
      },
    },
  };
}
