import { defineKind, type LegacyKind } from '../legacy-kind';
import type { KubeObject } from '../../machinery/object';
import type { InternalPodStatus } from '../shared/internal';
import { struct } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';
import { POD_STATE } from './pod-shapes';
import { currentStateFromInternal, podStatusToInternal } from './pod-status';

const POD_STATUS_RESULT = struct('v1beta1.PodStatusResult', { ...META, state: POD_STATE });

/** What a kubelet answers when asked for a pod's status. */
interface InternalPodStatusResult extends KubeObject {
  status?: InternalPodStatus;
}

export function flatPodStatusResult(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalPodStatusResult, typeof POD_STATUS_RESULT>({
    kind: 'PodStatusResult',
    apiVersion: dialect.apiVersion,
    shape: POD_STATUS_RESULT,
    toInternal: (legacy) => ({
      kind: 'PodStatusResult',
      apiVersion: 'v1',
      metadata: metaToInternal(legacy),
      status: podStatusToInternal(legacy.state),
    }),
    fromInternal: ({ metadata, status }) => ({
      ...metaFromInternal(metadata),
      state: currentStateFromInternal(status ?? {}, undefined),
    }),
  });
}
