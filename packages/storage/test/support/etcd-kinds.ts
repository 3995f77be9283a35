import { startEmbeddedEtcd, startEtcd, type EtcdFixture } from '@kubernetes-mesos/test-support';

/** Every etcd that the storage must work on. */
export const etcdKinds: readonly (readonly [name: string, start: () => Promise<EtcdFixture>])[] = [
  ['etcd', startEtcd],
  ['embedded etcd', startEmbeddedEtcd],
];
