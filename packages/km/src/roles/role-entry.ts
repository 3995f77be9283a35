import type { RoleCommand } from '@kubernetes-mesos/component-base';

/** A line of `km --help`, and how to get at the role without loading the others. */
export interface RoleEntry {
  readonly name: string;
  readonly summary: string;
  /** Kept out of the list: started by other roles only. */
  readonly hidden?: boolean;
  load(): Promise<RoleCommand>;
}
