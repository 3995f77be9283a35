import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalPodTemplate, InternalReplicationController } from '../shared/internal';
import { compact, entries } from '../shared/members';
import { int, map, opt, str, struct, type Decoded, type Draft } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';
import { desiredStateFromInternal, podSpecToInternal } from './pod-spec';
import { POD_TEMPLATE } from './pod-shapes';

const STATE = struct('v1beta1.ReplicationControllerState', {
  replicas: int,
  replicaSelector: opt(map(str)),
  podTemplate: POD_TEMPLATE,
});

const REPLICATION_CONTROLLER = struct('v1beta1.ReplicationController', {
  ...META,
  desiredState: STATE,
  currentState: STATE,
  labels: opt(map(str)),
});

/** Without a template there is still one, an empty one; the current state's template says nothing. */
export function flatReplicationController(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalReplicationController, typeof REPLICATION_CONTROLLER>({
    kind: 'ReplicationController',
    apiVersion: dialect.apiVersion,
    shape: REPLICATION_CONTROLLER,
    toInternal: (legacy, defaults) => ({
      kind: 'ReplicationController',
      apiVersion: 'v1',
      metadata: metaToInternal(legacy, legacy.labels),
      spec: compact<InternalReplicationController['spec']>({
        replicas: legacy.desiredState.replicas,
        selector: entries(legacy.desiredState.replicaSelector),
        template: templateToInternal(legacy.desiredState.podTemplate, dialect, defaults),
      }),
      status: { replicas: legacy.currentState.replicas },
    }),
    fromInternal: ({ metadata, spec, status }) => ({
      ...metaFromInternal(metadata),
      desiredState: {
        replicas: spec.replicas,
        replicaSelector: spec.selector ?? null,
        podTemplate: spec.template === undefined ? {} : templateFromInternal(spec.template, dialect),
      },
      currentState: { replicas: status?.replicas },
      labels: metadata.labels ?? null,
    }),
  });
}

function templateToInternal(
  template: Decoded<typeof POD_TEMPLATE>,
  dialect: FlatDialect,
  defaults: boolean,
): InternalPodTemplate {
  return {
    metadata: compact<NonNullable<InternalPodTemplate['metadata']>>({
      creationTimestamp: null,
      labels: entries(template.labels),
      annotations: entries(template.annotations),
    }),
    spec: podSpecToInternal(template.desiredState, template.nodeSelector, dialect, defaults),
  };
}

function templateFromInternal(
  { metadata, spec }: InternalPodTemplate,
  dialect: FlatDialect,
): Draft<typeof POD_TEMPLATE> {
  return {
    desiredState: desiredStateFromInternal(spec, dialect),
    nodeSelector: spec.nodeSelector ?? null,
    labels: metadata?.labels ?? null,
    annotations: metadata?.annotations ?? null,
  };
}
