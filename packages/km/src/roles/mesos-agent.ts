import type { RoleEntry } from './role-entry';

export const mesosAgent: RoleEntry = {
  name: 'mesos-agent',
  summary: 'an embedded Mesos agent: runs real executors for the embedded master',
  load: async () => (await import('@kubernetes-mesos/embedded-mesos')).mesosAgentRole,
};
