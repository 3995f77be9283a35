import type { Service, ServiceSpec } from '../../generated/core-v1.types';
import { defineCoreResource, restore, statusSubresource, VERBS_WITHOUT_DELETECOLLECTION } from './define';
import { SERVICE_TABLE } from './tables/service-table';
import { validateServiceStatus } from './validation/load-balancers';
import { validateService, validateServiceUpdate } from './validation/service';
import { dropFamilies } from './validation/service-families';

const AFFINITY_SECONDS = 10_800;

export const SERVICES = defineCoreResource<Service>({
  names: { plural: 'services', singular: 'service', kind: 'Service', shortNames: ['svc'], categories: ['all'] },
  scope: 'Namespaced',
  verbs: VERBS_WITHOUT_DELETECOLLECTION,
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec?.clusterIP ?? '',
    'spec.type': ({ spec }) => spec?.type ?? '',
  },
  subresources: [
    { name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    statusSubresource(
      'Service',
      (service, old) => restore(service, old, 'spec'),
      (service, _old, errors) => validateServiceStatus(service, errors),
    ),
  ],
  strategy: {
    nameFormat: 'dns-1035-label',
    deleteAnswers: 'status',
    allowUnconditionalUpdate: false,
    applyDefaults,
    prepareForCreate(service) {
      service.status = { loadBalancer: {} };
      const spec = (service.spec ??= {});
      dropSettled(spec);
      if (isSet(spec.clusterIP) && (spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [spec.clusterIP];
    },
    prepareForUpdate(service, old) {
      restore(service, old, 'status');
      const spec = (service.spec ??= {});
      const oldSpec = old.spec ?? {};
      dropSettled(spec);
      normalizeClusterIPs(spec, oldSpec);
      dropWhatTheTypeHasNot(spec, oldSpec);
    },
    updateChecks: ['metadataChange', 'change', 'metadata', 'spec'],
    validate: validateService,
    validateUpdate: validateServiceUpdate,
  },
  table: SERVICE_TABLE,
});

function applyDefaults(service: Service): void {
  const spec = (service.spec ??= {});
  spec.sessionAffinity ??= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: AFFINITY_SECONDS } };
  }
  spec.type ??= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP';
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '') port.targetPort = port.port;
  }
  if (needsNodePort(spec)) spec.externalTrafficPolicy ??= 'Cluster';
}

/** What holds without being said is not stored. */
function dropSettled(spec: ServiceSpec): void {
  dropFamilies(spec);
  if (spec.allocateLoadBalancerNodePorts === true) delete spec.allocateLoadBalancerNodePorts;
}

/** A client that knows `clusterIP` only says by it what `clusterIPs` should be. */
function normalizeClusterIPs(spec: ServiceSpec, old: ServiceSpec): void {
  const oldIPs = old.clusterIPs ?? [];
  const isSameIP = (spec.clusterIP ?? '') === (old.clusterIP ?? '');
  if (isSameIP) {
    if (oldIPs.length > 0 && (spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [...oldIPs];
    return;
  }
  if (!hasSameIPs(spec, old)) return;
  if (isSet(spec.clusterIP)) spec.clusterIPs = [spec.clusterIP];
  else delete spec.clusterIPs;
}

/** What an older type needed and the new one does not goes by itself, unless the client changed it. */
function dropWhatTheTypeHasNot(spec: ServiceSpec, old: ServiceSpec): void {
  if (old.type !== 'ExternalName' && spec.type === 'ExternalName' && hasSameIPs(spec, old)) {
    delete spec.clusterIP;
    delete spec.clusterIPs;
  }
  const nodePorts = (of: ServiceSpec): string => (of.ports ?? []).map(({ nodePort = 0 }) => nodePort).join();
  if (needsNodePort(old) && !needsNodePort(spec) && nodePorts(old) === nodePorts(spec)) {
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (needsNodePort(old) && !needsNodePort(spec) && spec.externalTrafficPolicy === old.externalTrafficPolicy) {
    delete spec.externalTrafficPolicy;
  }
  if (needsHealthCheck(old) && !needsHealthCheck(spec) && spec.healthCheckNodePort === old.healthCheckNodePort) {
    delete spec.healthCheckNodePort;
  }
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    if (spec.loadBalancerClass === old.loadBalancerClass) delete spec.loadBalancerClass;
    if (spec.allocateLoadBalancerNodePorts === old.allocateLoadBalancerNodePorts) {
      delete spec.allocateLoadBalancerNodePorts;
    }
  }
}

function hasSameIPs(spec: ServiceSpec, old: ServiceSpec): boolean {
  return (spec.clusterIPs ?? []).join() === (old.clusterIPs ?? []).join();
}

function needsNodePort({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function needsHealthCheck({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
