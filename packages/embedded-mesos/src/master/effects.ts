import type { AgentInfo, MasterEvent, SchedulerEvent } from '@kubernetes-mesos/mesos';
import type { MasterMessage } from '../link/protocol';

/** A change of the registry, appended to disk before anything that follows from it is sent. */
export type RegistryEntry =
  | { readonly change: 'admitted'; readonly agent: AgentInfo }
  | { readonly change: 'reachable'; readonly agent: AgentInfo }
  | { readonly change: 'unreachable'; readonly agentId: string; readonly at: number }
  | { readonly change: 'gone'; readonly agentId: string; readonly at: number }
  | { readonly change: 'removed'; readonly agentId: string }
  | { readonly change: 'weight'; readonly role: string; readonly weight: number };

/** What a decision of the master asks its runner to do, in this order. */
export type MasterEffect =
  | { readonly kind: 'persist'; readonly entry: RegistryEntry }
  | { readonly kind: 'framework-event'; readonly streamId: string; readonly event: SchedulerEvent }
  | { readonly kind: 'close-framework'; readonly streamId: string }
  | { readonly kind: 'agent-message'; readonly agentId: string; readonly message: MasterMessage }
  | { readonly kind: 'close-agent'; readonly agentId: string }
  | { readonly kind: 'operator-event'; readonly event: MasterEvent };
