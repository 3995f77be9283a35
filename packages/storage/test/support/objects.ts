import type { KubeObject } from '@kubernetes-mesos/api-types';
import type { ObjectKey, WatchEvent } from '@kubernetes-mesos/storage';

export interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

export function configMap(name: string, value: string, uid = `uid-${name}`): ConfigMap {
  return { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace: 'default', uid }, data: { value } };
}

export function keyOf(name: string, namespace = 'default'): ObjectKey {
  return { namespace, name };
}

/** `ADDED a=1@5` */
export function eventText(event: WatchEvent): string {
  const object = event.object.object as ConfigMap;
  return `${event.type} ${object.metadata.name}=${object.data?.['value']}@${event.revision}`;
}
