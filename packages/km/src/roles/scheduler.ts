import type { RoleEntry } from './role-entry';

export const scheduler: RoleEntry = {
  name: 'scheduler',
  summary: 'the Mesos framework: places pods on offers and launches them as tasks',
  load: async () => (await import('@kubernetes-mesos/scheduler')).schedulerRole,
};
