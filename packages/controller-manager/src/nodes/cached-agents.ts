import type { Clock } from '@kubernetes-mesos/component-base';
import type { AgentSource, MesosAgent } from './mesos-agents';

/** Uses one answer of the master again for a while: `state-cache-ttl`. */
export class CachedAgentSource implements AgentSource {
  readonly #source: AgentSource;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  #last: { readonly agents: readonly MesosAgent[]; readonly atMs: number } | undefined;

  constructor(source: AgentSource, clock: Clock, ttlMs: number) {
    this.#source = source;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  async agents(): Promise<readonly MesosAgent[]> {
    const nowMs = this.#clock.monotonic();
    if (this.#last !== undefined && nowMs - this.#last.atMs < this.#ttlMs) return this.#last.agents;
    const agents = await this.#source.agents();
    this.#last = { agents, atMs: nowMs };
    return agents;
  }
}
