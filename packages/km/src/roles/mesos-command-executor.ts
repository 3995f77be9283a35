import type { RoleEntry } from './role-entry';

export const mesosCommandExecutor: RoleEntry = {
  name: 'mesos-command-executor',
  summary: 'started by the embedded agent for tasks that are a command',
  hidden: true,
  load: async () => (await import('@kubernetes-mesos/embedded-mesos')).mesosCommandExecutorRole,
};
