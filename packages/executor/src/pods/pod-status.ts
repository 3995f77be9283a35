import { INFRA_CONTAINER_ANNOTATION, infraContainerAnnotation } from '@kubernetes-mesos/api-types';
import type { Container, ContainerStatus, Pod, PodCondition, PodStatus } from '../api/core-v1';
import { containerStatus, timestamp } from './container-status';
import type { ObservedPod } from '../runtime/runtime';
import { isSidecar, pendingInit, type PodView } from './pod-view';

export interface StatusFacts {
  /** Prefix of container and image ids. */
  readonly runtime: string;
  readonly hostIP: string;
  /** When the executor took the pod, ms since the epoch. */
  readonly startTime: number;
  /** What was last written, for the times of transitions. */
  readonly previous?: PodStatus;
}

/** The status of a pod as the API shows it. Pure. */
export function podStatus(view: PodView, facts: StatusFacts, now: number): PodStatus {
  const { pod } = view;
  const init = (pod.spec.initContainers ?? []).map((container) =>
    containerStatus(view, container, { init: true }, facts.runtime),
  );
  const app = pod.spec.containers.map((container) => containerStatus(view, container, { init: false }, facts.runtime));
  const phase = podPhase(view, init, app);
  const { sandbox } = view.observed;
  const podIP = pod.spec.hostNetwork === true ? facts.hostIP : (sandbox?.ip ?? facts.previous?.podIP ?? '');
  const qosClass = pod.status?.qosClass ?? qualityOfService(pod);
  return {
    phase,
    conditions: conditions(view, facts, phase, { init, app }, now),
    ...(view.goal.type === 'fail' ? { message: view.goal.message, reason: view.goal.reason } : {}),
    hostIP: facts.hostIP,
    ...(podIP === '' ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    startTime: timestamp(facts.startTime),
    ...(init.length === 0 ? {} : { initContainerStatuses: init }),
    containerStatuses: app,
    qosClass,
  };
}

/** What belongs to a pod's status and has no place in it: the container that holds its network. Pure. */
export function statusAnnotations({ sandbox }: ObservedPod, runtime: string): Record<string, string> {
  if (sandbox === undefined) return {};
  const { image, imageId, id, startedAt, end } = sandbox;
  const annotation = infraContainerAnnotation({
    image,
    imageID: `${runtime}://${imageId}`,
    containerID: `${runtime}://${id}`,
    startedAt: timestamp(startedAt),
    ...(end === undefined ? {} : { finishedAt: timestamp(end.finishedAt), exitCode: end.exitCode }),
  });
  return { [INFRA_CONTAINER_ANNOTATION]: annotation };
}

/** Best-effort unless a request or limit is set; guaranteed when cpu and memory limits equal the requests everywhere. */
export function qualityOfService(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  let any = false;
  let guaranteed = true;
  for (const { resources } of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    const limits = resources?.limits ?? {};
    const requests = resources?.requests ?? {};
    for (const name of ['cpu', 'memory']) {
      const limit = limits[name];
      const request = requests[name] ?? limit;
      any ||= limit !== undefined || request !== undefined;
      guaranteed &&= limit !== undefined && request === limit;
    }
  }
  return !any ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable';
}

function podPhase(view: PodView, init: readonly ContainerStatus[], app: readonly ContainerStatus[]): string {
  if (view.ended !== undefined) return view.ended;
  if (view.goal.type === 'fail') return 'Failed';
  const initSpecs = view.pod.spec.initContainers ?? [];
  const initFailed = init.some((status, index) => {
    const spec = initSpecs[index];
    const exitCode = status.state?.terminated?.exitCode ?? 0;
    return spec !== undefined && !isSidecar(spec) && exitCode !== 0 && view.pod.spec.restartPolicy === 'Never';
  });
  if (initFailed) return 'Failed';
  if (pendingInit(view).length > 0) return 'Pending';
  let running = 0;
  let stopped = 0;
  let succeeded = 0;
  for (const { state, lastState } of app) {
    if (state?.running !== undefined) running += 1;
    else if (state?.terminated !== undefined) {
      stopped += 1;
      if (state.terminated.exitCode === 0) succeeded += 1;
    } else if (lastState?.terminated !== undefined) stopped += 1;
    else return 'Pending';
  }
  if (running > 0) return 'Running';
  const policy = view.pod.spec.restartPolicy ?? 'Always';
  if (stopped === 0 || policy === 'Always') return stopped === 0 ? 'Pending' : 'Running';
  if (stopped === succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

function conditions(
  view: PodView,
  facts: StatusFacts,
  phase: string,
  statuses: { readonly init: readonly ContainerStatus[]; readonly app: readonly ContainerStatus[] },
  now: number,
): PodCondition[] {
  const completed = phase === 'Succeeded';
  const pending = pendingInit(view);
  const notReady = statuses.app.filter(({ ready }) => !ready).map(({ name }) => name);
  const initialized: Draft =
    completed || pending.length === 0
      ? { status: 'True' }
      : {
          status: 'False',
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: ${nameList(pending)}`,
        };
  const ready: Draft = completed
    ? { status: 'False', reason: 'PodCompleted' }
    : phase === 'Failed'
      ? { status: 'False', reason: 'PodFailed' }
      : notReady.length === 0 && pending.length === 0
        ? { status: 'True' }
        : {
            status: 'False',
            reason: 'ContainersNotReady',
            message: `containers with unready status: [${notReady.join(' ')}]`,
          };
  const drafts: [string, Draft][] = [
    ['Initialized', initialized],
    ['Ready', ready],
    ['ContainersReady', ready],
    ['PodScheduled', { status: 'True' }],
  ];
  return drafts.map(([type, draft]) => condition(type, draft, facts, now));
}

interface Draft {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

function condition(type: string, draft: Draft, facts: StatusFacts, now: number): PodCondition {
  const before = facts.previous?.conditions?.find((other) => other.type === type);
  const changed = before?.status !== draft.status;
  return {
    type,
    status: draft.status,
    lastProbeTime: null,
    lastTransitionTime: changed ? timestamp(now) : (before.lastTransitionTime ?? timestamp(now)),
    ...(draft.reason === undefined ? {} : { reason: draft.reason }),
    ...(draft.message === undefined ? {} : { message: draft.message }),
  };
}

function nameList(containers: readonly Container[]): string {
  return `[${containers.map(({ name }) => name).join(' ')}]`;
}
