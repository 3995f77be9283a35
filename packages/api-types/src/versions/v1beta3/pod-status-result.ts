import type { KubeObject } from '../../machinery/object';
import { defineKind } from '../legacy-kind';
import type { InternalPodStatus } from '../shared/internal';
import { struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';
import { podStatusFromInternal, podStatusToInternal } from './pod';
import { POD_STATUS } from './pod-shapes';

const POD_STATUS_RESULT = struct('v1beta3.PodStatusResult', {
  ...TYPE_META,
  metadata: OBJECT_META,
  status: POD_STATUS,
});

/** What a kubelet answers when asked for a pod's status. */
interface InternalPodStatusResult extends KubeObject {
  status?: InternalPodStatus;
}

export const podStatusResult = defineKind<InternalPodStatusResult, typeof POD_STATUS_RESULT>({
  kind: 'PodStatusResult',
  apiVersion: API_VERSION,
  shape: POD_STATUS_RESULT,
  toInternal: ({ metadata, status }) => ({
    kind: 'PodStatusResult',
    apiVersion: 'v1',
    metadata: metaToInternal(metadata),
    status: podStatusToInternal(status),
  }),
  fromInternal: ({ metadata, status }) => ({
    metadata: metaFromInternal(metadata),
    status: podStatusFromInternal(status ?? {}, undefined),
  }),
});
