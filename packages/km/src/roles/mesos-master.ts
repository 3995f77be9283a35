import type { RoleEntry } from './role-entry';

export const mesosMaster: RoleEntry = {
  name: 'mesos-master',
  summary: 'an embedded Mesos master: the v1 HTTP APIs, for one machine',
  load: async () => (await import('@kubernetes-mesos/embedded-mesos')).mesosMasterRole,
};
