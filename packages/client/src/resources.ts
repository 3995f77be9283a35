import type { KubeObject } from '@kubernetes-mesos/api-types';
import type { ResourceRef } from './rest-client';

/** The resources of the core group, `v1`, as clients name them. */
export const BINDINGS = core('bindings', 'Binding', true);
export const COMPONENT_STATUSES = core('componentstatuses', 'ComponentStatus', false);
export const CONFIG_MAPS = core('configmaps', 'ConfigMap', true);
export const ENDPOINTS = core('endpoints', 'Endpoints', true);
export const EVENTS = core('events', 'Event', true);
export const LIMIT_RANGES = core('limitranges', 'LimitRange', true);
export const NAMESPACES = core('namespaces', 'Namespace', false);
export const NODES = core('nodes', 'Node', false);
export const PERSISTENT_VOLUME_CLAIMS = core('persistentvolumeclaims', 'PersistentVolumeClaim', true);
export const PERSISTENT_VOLUMES = core('persistentvolumes', 'PersistentVolume', false);
export const PODS = core('pods', 'Pod', true);
export const POD_TEMPLATES = core('podtemplates', 'PodTemplate', true);
export const REPLICATION_CONTROLLERS = core('replicationcontrollers', 'ReplicationController', true);
export const RESOURCE_QUOTAS = core('resourcequotas', 'ResourceQuota', true);
export const SECRETS = core('secrets', 'Secret', true);
export const SERVICE_ACCOUNTS = core('serviceaccounts', 'ServiceAccount', true);
export const SERVICES = core('services', 'Service', true);

function core<T extends KubeObject = KubeObject>(plural: string, kind: string, namespaced: boolean): ResourceRef<T> {
  return { group: '', version: 'v1', plural, kind, namespaced };
}
