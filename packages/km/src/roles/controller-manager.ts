import type { RoleEntry } from './role-entry';

export const controllerManager: RoleEntry = {
  name: 'controller-manager',
  summary: 'runs the control loops: replication, endpoints, nodes, namespaces, ...',
  load: async () => (await import('@kubernetes-mesos/controller-manager')).controllerManagerRole,
};
