import type { RoleEntry } from './role-entry';

export const imageServer: RoleEntry = {
  name: '__serve',
  summary: 'started by the process runtime in the place of an image whose program is not installed',
  hidden: true,
  load: async () => (await import('@kubernetes-mesos/executor')).imageServer,
};
