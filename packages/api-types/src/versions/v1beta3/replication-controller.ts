import { defineKind } from '../legacy-kind';
import type { InternalReplicationController } from '../shared/internal';
import { compact, entries, some } from '../shared/members';
import { int, map, opt, pointer, str, struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';
import { OBJECT_REFERENCE, POD_TEMPLATE_SPEC } from './pod-shapes';
import { podSpecFromInternal, podSpecToInternal } from './pod-spec';

const REPLICATION_CONTROLLER = struct('v1beta3.ReplicationController', {
  ...TYPE_META,
  metadata: OBJECT_META,
  spec: struct('v1beta3.ReplicationControllerSpec', {
    replicas: int,
    selector: opt(map(str)),
    templateRef: opt(pointer(OBJECT_REFERENCE)),
    template: opt(pointer(POD_TEMPLATE_SPEC)),
  }),
  status: struct('v1beta3.ReplicationControllerStatus', { replicas: int }),
});

/** `templateRef` was never usable: it is read and dropped. */
export const replicationController = defineKind<InternalReplicationController, typeof REPLICATION_CONTROLLER>({
  kind: 'ReplicationController',
  apiVersion: API_VERSION,
  shape: REPLICATION_CONTROLLER,
  toInternal: (legacy, defaults) => ({
    kind: 'ReplicationController',
    apiVersion: 'v1',
    metadata: metaToInternal(legacy.metadata),
    spec: compact<InternalReplicationController['spec']>({
      replicas: legacy.spec.replicas,
      selector: entries(legacy.spec.selector),
      template: some(legacy.spec.template, ({ metadata, spec }) => ({
        metadata: metaToInternal(metadata),
        spec: podSpecToInternal(spec, defaults),
      })),
    }),
    status: { replicas: legacy.status.replicas },
  }),
  fromInternal: ({ metadata, spec, status }) => ({
    metadata: metaFromInternal(metadata),
    spec: {
      replicas: spec.replicas,
      selector: spec.selector ?? null,
      template:
        some(spec.template, (template) => ({
          metadata: metaFromInternal(template.metadata ?? {}),
          spec: podSpecFromInternal(template.spec),
        })) ?? null,
    },
    status: { replicas: status?.replicas },
  }),
});
