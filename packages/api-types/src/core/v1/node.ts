import type { Node } from '../../generated/core-v1.types';
import { defineCoreResource, restore, statusSubresource } from './define';
import { roundResourceList } from './defaults/resource-list';
import { AGE_COLUMN, age, column, NAME_COLUMN, NONE, wideColumn } from './tables/columns';
import { validateNode, validateNodeUpdate } from './validation/node';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';
const UNKNOWN = '<unknown>';

export const NODES = defineCoreResource<Node>({
  names: { plural: 'nodes', singular: 'node', kind: 'Node', shortNames: ['no'] },
  scope: 'Cluster',
  selectableFields: { 'spec.unschedulable': (node) => String(node.spec?.unschedulable ?? false) },
  subresources: [
    { name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    statusSubresource('Node', (node, old) => restore(node, old, 'spec'), validateNodeUpdate),
  ],
  strategy: {
    deleteAnswers: 'status',
    applyDefaults(node) {
      const { spec, status } = node;
      if (spec !== undefined) {
        // The first of podCIDRs is podCIDR.
        if (spec.podCIDR !== undefined && spec.podCIDRs?.[0] !== spec.podCIDR) spec.podCIDRs = [spec.podCIDR];
        else if (spec.podCIDR === undefined && spec.podCIDRs?.[0] !== undefined) spec.podCIDR = spec.podCIDRs[0];
      }
      if (status === undefined) return;
      roundResourceList(status.capacity);
      roundResourceList(status.allocatable);
      if (status.capacity !== undefined) status.allocatable ??= { ...status.capacity };
    },
    prepareForUpdate: (node, old) => restore(node, old, 'status'),
    updateChecks: ['metadata', 'spec', 'metadataChange', 'change'],
    validate: validateNode,
    validateUpdate: validateNodeUpdate,
  },
  table: {
    columns: [
      NAME_COLUMN,
      column('Status', 'Whether the node is ready and takes pods.'),
      column('Roles', 'What the node is for.'),
      AGE_COLUMN,
      column('Version', 'Version of the kubelet.'),
      wideColumn('Internal-IP', 'Address inside the cluster.'),
      wideColumn('External-IP', 'Address outside of the cluster.'),
      wideColumn('OS-Image', 'Operating system.'),
      wideColumn('Kernel-Version', 'Version of the kernel.'),
      wideColumn('Container-Runtime', 'Name and version of the container runtime.'),
    ],
    cells(node, nowMs) {
      const info = node.status?.nodeInfo;
      return [
        node.metadata.name ?? '',
        statusText(node),
        roles(node),
        age(node.metadata, nowMs),
        info?.kubeletVersion ?? '',
        address(node, 'InternalIP'),
        address(node, 'ExternalIP'),
        orUnknown(info?.osImage),
        orUnknown(info?.kernelVersion),
        orUnknown(info?.containerRuntimeVersion),
      ];
    },
  },
});

function statusText({ spec, status }: Node): string {
  const ready = status?.conditions?.findLast(({ type }) => type === 'Ready');
  const text = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec?.unschedulable === true ? `${text},SchedulingDisabled` : text;
}

function roles({ metadata }: Node): string {
  const found = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    const role = key.startsWith(ROLE_PREFIX) ? key.slice(ROLE_PREFIX.length) : key === ROLE_LABEL ? value : '';
    if (role !== '') found.add(role);
  }
  return found.size === 0 ? NONE : [...found].sort().join(',');
}

function address({ status }: Node, type: string): string {
  return status?.addresses?.find((candidate) => candidate.type === type)?.address ?? NONE;
}

function orUnknown(text: string | undefined): string {
  return text === undefined || text === '' ? UNKNOWN : text;
}
