import { defineKind } from '../legacy-kind';
import type { InternalNode, InternalNodeCondition, InternalNodeStatus } from '../shared/internal';
import { compact, flag, items, text } from '../shared/members';
import { NODE_SYSTEM_INFO, systemInfoFromInternal, systemInfoToInternal } from '../shared/node';
import { timeText } from '../shared/time';
import { bool, list, opt, str, struct, time, type Decoded } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';
import { RESOURCE_LIST } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

const NODE_STATUS = struct('v1beta3.NodeStatus', {
  capacity: opt(RESOURCE_LIST),
  phase: opt(str),
  conditions: opt(
    list(
      struct('v1beta3.NodeCondition', {
        type: str,
        status: str,
        lastProbeTime: time,
        // The name of later releases: read, and never written.
        lastHeartbeatTime: opt(time),
        lastTransitionTime: time,
        reason: opt(str),
        message: opt(str),
      }),
    ),
  ),
  addresses: opt(list(struct('v1beta3.NodeAddress', { type: str, address: str }))),
  nodeInfo: NODE_SYSTEM_INFO,
});

const NODE = struct('v1beta3.Node', {
  ...TYPE_META,
  metadata: OBJECT_META,
  spec: struct('v1beta3.NodeSpec', { podCIDR: opt(str), externalID: opt(str), unschedulable: opt(bool) }),
  status: NODE_STATUS,
});

export const node = defineKind<InternalNode, typeof NODE>({
  kind: 'Node',
  aliases: ['Minion'],
  apiVersion: API_VERSION,
  shape: NODE,
  toInternal: ({ metadata, spec, status }) => ({
    kind: 'Node',
    apiVersion: 'v1',
    metadata: metaToInternal(metadata),
    spec: compact<NonNullable<InternalNode['spec']>>({
      podCIDR: text(spec.podCIDR),
      externalID: text(spec.externalID),
      unschedulable: flag(spec.unschedulable),
    }),
    status: statusToInternal(status),
  }),
  fromInternal: ({ metadata, spec, status }) => ({
    metadata: metaFromInternal(metadata),
    spec: { podCIDR: spec?.podCIDR, externalID: spec?.externalID, unschedulable: spec?.unschedulable },
    status: {
      capacity: resourcesFromInternal(status?.capacity),
      phase: status?.phase,
      conditions:
        status?.conditions?.map((condition) => ({
          type: condition.type,
          status: condition.status,
          lastProbeTime: timeText(condition.lastHeartbeatTime),
          lastTransitionTime: timeText(condition.lastTransitionTime),
          reason: condition.reason,
          message: condition.message,
        })) ?? null,
      addresses: status?.addresses ?? null,
      nodeInfo: systemInfoFromInternal(status?.nodeInfo),
    },
  }),
});

function statusToInternal(status: Decoded<typeof NODE_STATUS>): InternalNodeStatus {
  return compact<InternalNodeStatus>({
    capacity: resourcesToInternal(status.capacity),
    phase: text(status.phase),
    conditions: items(status.conditions, (condition) =>
      compact<InternalNodeCondition>({
        type: condition.type,
        status: condition.status,
        lastHeartbeatTime: text(condition.lastProbeTime) ?? text(condition.lastHeartbeatTime) ?? null,
        lastTransitionTime: condition.lastTransitionTime === '' ? null : condition.lastTransitionTime,
        reason: text(condition.reason),
        message: text(condition.message),
      }),
    ),
    addresses: items(status.addresses, ({ type, address }) => ({ type, address })),
    nodeInfo: systemInfoToInternal(status.nodeInfo),
  });
}
