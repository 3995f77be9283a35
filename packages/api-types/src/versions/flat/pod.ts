import { infraContainerOf } from '../../infra-container';
import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalPod } from '../shared/internal';
import { map, opt, str, struct } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';
import { desiredStateFromInternal, podSpecToInternal } from './pod-spec';
import { POD_STATE } from './pod-shapes';
import { currentStateFromInternal, podStatusToInternal } from './pod-status';

const POD = struct('v1beta1.Pod', {
  ...META,
  labels: opt(map(str)),
  desiredState: POD_STATE,
  currentState: POD_STATE,
  nodeSelector: opt(map(str)),
});

export function flatPod(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalPod, typeof POD>({
    kind: 'Pod',
    apiVersion: dialect.apiVersion,
    shape: POD,
    toInternal: (legacy, defaults) => ({
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: metaToInternal(legacy, legacy.labels),
      spec: podSpecToInternal(legacy.desiredState, legacy.nodeSelector, dialect, defaults),
      status: podStatusToInternal(legacy.currentState, infraContainerOf(legacy.annotations ?? undefined)),
    }),
    fromInternal: (pod) => ({
      ...metaFromInternal(pod.metadata),
      labels: pod.metadata.labels ?? null,
      desiredState: desiredStateFromInternal(pod.spec, dialect),
      currentState: currentStateFromInternal(
        pod.status ?? {},
        pod.spec.nodeName,
        infraContainerOf(pod.metadata.annotations),
      ),
      nodeSelector: pod.spec.nodeSelector ?? null,
    }),
  });
}
