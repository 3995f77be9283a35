import type { Service, ServicePort } from '../../../generated/core-v1.types';
import type { TableDefinition } from '../../../machinery/table';
import { AGE_COLUMN, age, column, formatLabels, NAME_COLUMN, NONE, orNone, wideColumn } from './columns';

export const SERVICE_TABLE: TableDefinition<Service> = {
  columns: [
    NAME_COLUMN,
    column('Type', 'How the service is reached.'),
    column('Cluster-IP', 'Address inside the cluster.'),
    column('External-IP', 'Addresses outside of the cluster.'),
    column('Port(s)', 'Ports, and the ports of the nodes that lead to them.'),
    AGE_COLUMN,
    wideColumn('Selector', 'Labels of the pods behind the service.'),
  ],
  cells: (service, nowMs) => [
    service.metadata.name ?? '',
    service.spec?.type ?? '',
    orNone(service.spec?.clusterIPs?.[0] ?? service.spec?.clusterIP),
    externalIP(service),
    orNone((service.spec?.ports ?? []).map(formatPort).join(',')),
    age(service.metadata, nowMs),
    formatLabels(service.spec?.selector),
  ],
};

function formatPort({ port, nodePort = 0, protocol = '' }: ServicePort): string {
  return nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
}

function externalIP({ spec, status }: Service): string {
  const fixed = spec?.externalIPs ?? [];
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return fixed.length === 0 ? NONE : fixed.join(',');
    case 'LoadBalancer': {
      const given = (status?.loadBalancer?.ingress ?? []).map(({ ip = '', hostname = '' }) =>
        ip !== '' ? ip : hostname,
      );
      const all = [...[...new Set(given)].filter((address) => address !== '').sort(), ...fixed];
      return all.length === 0 ? '<pending>' : all.join(',');
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}
