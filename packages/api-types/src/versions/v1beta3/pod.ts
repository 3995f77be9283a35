import { defineKind } from '../legacy-kind';
import { legacyConditions } from '../shared/conditions';
import type { InternalContainerStatus, InternalPod, InternalPodStatus } from '../shared/internal';
import { compact, items, text } from '../shared/members';
import { stateFromInternal, stateToInternal } from '../shared/pod-parts';
import { struct, type Decoded, type Draft } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';
import { POD_SPEC, POD_STATUS } from './pod-shapes';
import { podSpecFromInternal, podSpecToInternal } from './pod-spec';

const POD = struct('v1beta3.Pod', { ...TYPE_META, metadata: OBJECT_META, spec: POD_SPEC, status: POD_STATUS });

export const pod = defineKind<InternalPod, typeof POD>({
  kind: 'Pod',
  apiVersion: API_VERSION,
  shape: POD,
  toInternal: (legacy, defaults) => ({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: metaToInternal(legacy.metadata),
    spec: podSpecToInternal(legacy.spec, defaults),
    status: podStatusToInternal(legacy.status),
  }),
  fromInternal: ({ metadata, spec, status }) => ({
    metadata: metaFromInternal(metadata),
    spec: podSpecFromInternal(spec),
    status: podStatusFromInternal(status ?? {}, spec.nodeName),
  }),
});

export function podStatusToInternal(legacy: Decoded<typeof POD_STATUS>): InternalPodStatus {
  const podIP = text(legacy.podIP);
  return compact<InternalPodStatus>({
    phase: text(legacy.phase),
    conditions: items(legacy.Condition, ({ type, status }) => ({ type, status })),
    message: text(legacy.message),
    hostIP: text(legacy.hostIP),
    podIP,
    podIPs: podIP === undefined ? undefined : [{ ip: podIP }],
    containerStatuses: items(legacy.containerStatuses, (status) =>
      compact<InternalContainerStatus>({
        name: status.name,
        state: stateToInternal(status.state),
        lastState: stateToInternal(status.lastState),
        ready: status.ready,
        restartCount: status.restartCount,
        image: status.image,
        imageID: status.imageID,
        containerID: text(status.containerID),
      }),
    ),
  });
}

export function podStatusFromInternal(
  status: InternalPodStatus,
  nodeName: string | undefined,
): Draft<typeof POD_STATUS> {
  return {
    phase: status.phase,
    Condition: legacyConditions(status.conditions),
    message: status.message,
    host: nodeName,
    hostIP: status.hostIP,
    podIP: status.podIP,
    containerStatuses:
      status.containerStatuses?.map((container) => ({
        name: container.name,
        state: stateFromInternal(container.state),
        lastState: stateFromInternal(container.lastState),
        ready: container.ready,
        restartCount: container.restartCount,
        image: container.image,
        imageID: container.imageID,
        containerID: container.containerID,
      })) ?? null,
  };
}
