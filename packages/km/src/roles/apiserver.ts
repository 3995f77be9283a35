import type { RoleEntry } from './role-entry';

export const apiserver: RoleEntry = {
  name: 'apiserver',
  summary: 'serves the Kubernetes API, and keeps it in etcd',
  load: async () => (await import('@kubernetes-mesos/apiserver')).apiserverRole,
};
