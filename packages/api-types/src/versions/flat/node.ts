import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalNode, InternalNodeCondition, InternalNodeStatus } from '../shared/internal';
import { compact, flag, items, text } from '../shared/members';
import { NODE_SYSTEM_INFO, systemInfoFromInternal, systemInfoToInternal } from '../shared/node';
import { timeText } from '../shared/time';
import { bool, list, map, opt, str, struct, time, type Decoded, type Draft } from '../shape/shape';
import { conditionStatusFromInternal, conditionStatusToInternal } from './conditions';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';
import { RESOURCE_LIST } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

const MINION = struct('v1beta1.Minion', {
  ...META,
  hostIP: opt(str),
  resources: struct('v1beta1.NodeResources', { capacity: opt(RESOURCE_LIST) }),
  podCIDR: opt(str),
  unschedulable: opt(bool),
  status: struct('v1beta1.NodeStatus', {
    phase: opt(str),
    conditions: opt(
      list(
        struct('v1beta1.NodeCondition', {
          kind: str,
          status: str,
          lastProbeTime: time,
          lastTransitionTime: time,
          reason: opt(str),
          message: opt(str),
        }),
      ),
    ),
    addresses: opt(list(struct('v1beta1.NodeAddress', { type: str, address: str }))),
    nodeInfo: NODE_SYSTEM_INFO,
  }),
  labels: opt(map(str)),
  externalID: opt(str),
});

/** The type of the address that the flat versions call `hostIP`. */
const HOST_IP = 'LegacyHostIP';

/** A node is a Minion; what is spec and status elsewhere is mixed here. */
export function flatNode(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalNode, typeof MINION>({
    kind: 'Node',
    legacyKind: 'Minion',
    apiVersion: dialect.apiVersion,
    shape: MINION,
    toInternal: (legacy) => ({
      kind: 'Node',
      apiVersion: 'v1',
      metadata: metaToInternal(legacy, legacy.labels),
      spec: compact<NonNullable<InternalNode['spec']>>({
        podCIDR: text(legacy.podCIDR),
        externalID: text(legacy.externalID),
        unschedulable: flag(legacy.unschedulable),
      }),
      status: statusToInternal(legacy),
    }),
    fromInternal: ({ metadata, spec, status }) => ({
      ...metaFromInternal(metadata),
      hostIP: status?.addresses?.findLast(({ type }) => type === HOST_IP)?.address,
      resources: { capacity: resourcesFromInternal(status?.capacity) },
      podCIDR: spec?.podCIDR,
      unschedulable: spec?.unschedulable,
      status: {
        phase: status?.phase,
        conditions: status?.conditions?.map(conditionFromInternal) ?? null,
        addresses: status?.addresses ?? null,
        nodeInfo: systemInfoFromInternal(status?.nodeInfo),
      },
      labels: metadata.labels ?? null,
      externalID: spec?.externalID,
    }),
  });
}

function statusToInternal({ hostIP, resources, status }: Decoded<typeof MINION>): InternalNodeStatus {
  const addresses = status.addresses ?? [];
  const known = hostIP === '' || addresses.some(({ type, address }) => type === HOST_IP && address === hostIP);
  return compact<InternalNodeStatus>({
    capacity: resourcesToInternal(resources.capacity),
    phase: text(status.phase),
    conditions: items(status.conditions, (condition) =>
      compact<InternalNodeCondition>({
        type: condition.kind,
        status: conditionStatusToInternal(condition.status),
        lastHeartbeatTime: condition.lastProbeTime === '' ? null : condition.lastProbeTime,
        lastTransitionTime: condition.lastTransitionTime === '' ? null : condition.lastTransitionTime,
        reason: text(condition.reason),
        message: text(condition.message),
      }),
    ),
    addresses: items(known ? addresses : [...addresses, { type: HOST_IP, address: hostIP }], ({ type, address }) => ({
      type,
      address,
    })),
    nodeInfo: systemInfoToInternal(status.nodeInfo),
  });
}

type ConditionDraft = NonNullable<NonNullable<Draft<typeof MINION>['status']>['conditions']>[number];

function conditionFromInternal(condition: InternalNodeCondition): ConditionDraft {
  return {
    kind: condition.type,
    status: conditionStatusFromInternal(condition.status),
    lastProbeTime: timeText(condition.lastHeartbeatTime),
    lastTransitionTime: timeText(condition.lastTransitionTime),
    reason: condition.reason,
    message: condition.message,
  };
}
