import { randomBytes } from 'node:crypto';
import type { AgentInfoCapability } from '@kubernetes-mesos/mesos';

/** What agents of this package can, as they tell the master. */
export const AGENT_CAPABILITIES: readonly AgentInfoCapability[] = [
  { type: 'MULTI_ROLE' },
  { type: 'HIERARCHICAL_ROLE' },
  { type: 'RESERVATION_REFINEMENT' },
  { type: 'AGENT_DRAINING' },
];

/** Version 4, as bytes. */
export function randomUuid(): Buffer {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}
