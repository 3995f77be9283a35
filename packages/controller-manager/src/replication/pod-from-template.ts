import { deepCopy, type OwnerReference, type Pod, type ReplicationController } from '@kubernetes-mesos/api-types';

/** Longest base that leaves room for a generated suffix in a host name. */
const MAX_PREFIX = 58;

/** The pod that a controller's template describes, named by the server: `web-` plus five letters. */
export function podFromTemplate(rc: ReplicationController): Pod {
  const { name = '', namespace = 'default' } = rc.metadata;
  const template = rc.spec?.template;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${name.slice(0, MAX_PREFIX - 1)}-`,
      namespace,
      ...(labels === undefined ? {} : { labels: { ...labels } }),
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ownerReferences: [ownerReferenceTo(rc)],
      ...(finalizers === undefined ? {} : { finalizers: [...finalizers] }),
    },
    ...(template?.spec === undefined ? {} : { spec: deepCopy(template.spec) }),
  };
}

export function ownerReferenceTo(rc: ReplicationController): OwnerReference {
  return {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    name: rc.metadata.name ?? '',
    uid: rc.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}
