import type { RoleEntry } from './role-entry';

export const executor: RoleEntry = {
  name: 'executor',
  summary: 'started by Mesos on its agents: runs pods in containers or processes',
  load: async () => (await import('@kubernetes-mesos/executor')).executorRole,
};
