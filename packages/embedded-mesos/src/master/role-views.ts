import type { Resource, Role } from '@kubernetes-mesos/mesos';
import type { Cluster } from './cluster';

/** Roles that a framework subscribes with or that have a weight, with what is allocated to them. */
export function roleViews(cluster: Cluster): Role[] {
  const { state } = cluster;
  const roles = new Map<string, { frameworks: string[]; resources: Resource[] }>();
  const at = (name: string): { frameworks: string[]; resources: Resource[] } => {
    let role = roles.get(name);
    if (role === undefined) roles.set(name, (role = { frameworks: [], resources: [] }));
    return role;
  };
  for (const name of state.weights.keys()) at(name);
  for (const framework of state.frameworks.values()) {
    for (const role of framework.roles) at(role).frameworks.push(framework.id);
    for (const task of framework.tasks.values()) if (!task.released) at(task.role).resources.push(...task.resources);
  }
  for (const agent of state.agents.values()) {
    for (const executors of agent.executors.values()) {
      for (const { resources } of executors.values()) {
        for (const resource of resources) at(resource.allocation_info?.role ?? '*').resources.push(resource);
      }
    }
  }
  return [...roles].map(([name, { frameworks, resources }]) => ({
    name,
    weight: state.weights.get(name) ?? 1,
    frameworks: frameworks.map((value) => ({ value })),
    resources,
  }));
}
