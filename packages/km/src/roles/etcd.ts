import type { RoleEntry } from './role-entry';

export const etcd: RoleEntry = {
  name: 'etcd',
  summary: 'an embedded etcd: the v3 API over a local file, for one machine',
  load: async () => (await import('@kubernetes-mesos/embedded-etcd')).etcdRole,
};
