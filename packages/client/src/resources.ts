import type {
  Binding,
  ComponentStatus,
  ConfigMap,
  Endpoints,
  Event,
  KubeObject,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from '@kubernetes-mesos/api-types';
import type { ResourceRef } from './rest-client';

/** The resources of the core group, `v1`, as clients name them. */
export const BINDINGS = core<Binding>('bindings', 'Binding', true);
export const COMPONENT_STATUSES = core<ComponentStatus>('componentstatuses', 'ComponentStatus', false);
export const CONFIG_MAPS = core<ConfigMap>('configmaps', 'ConfigMap', true);
export const ENDPOINTS = core<Endpoints>('endpoints', 'Endpoints', true);
export const EVENTS = core<Event>('events', 'Event', true);
export const LIMIT_RANGES = core<LimitRange>('limitranges', 'LimitRange', true);
export const NAMESPACES = core<Namespace>('namespaces', 'Namespace', false);
export const NODES = core<Node>('nodes', 'Node', false);
export const PERSISTENT_VOLUME_CLAIMS = core<PersistentVolumeClaim>(
  'persistentvolumeclaims',
  'PersistentVolumeClaim',
  true,
);
export const PERSISTENT_VOLUMES = core<PersistentVolume>('persistentvolumes', 'PersistentVolume', false);
export const PODS = core<Pod>('pods', 'Pod', true);
export const POD_TEMPLATES = core<PodTemplate>('podtemplates', 'PodTemplate', true);
export const REPLICATION_CONTROLLERS = core<ReplicationController>(
  'replicationcontrollers',
  'ReplicationController',
  true,
);
export const RESOURCE_QUOTAS = core<ResourceQuota>('resourcequotas', 'ResourceQuota', true);
export const SECRETS = core<Secret>('secrets', 'Secret', true);
export const SERVICE_ACCOUNTS = core<ServiceAccount>('serviceaccounts', 'ServiceAccount', true);
export const SERVICES = core<Service>('services', 'Service', true);

function core<T extends KubeObject>(plural: string, kind: string, namespaced: boolean): ResourceRef<T> {
  return { group: '', version: 'v1', plural, kind, namespaced };
}
