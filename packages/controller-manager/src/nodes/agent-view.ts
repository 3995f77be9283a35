import type { Clock } from '@kubernetes-mesos/component-base';
import type { AgentState } from './decide';
import type { MesosAgent } from './mesos-agents';

/** After this long without an answer the master's last word no longer counts, ms. */
const STALE_AFTER_MS = 60_000;

/** What the master said last, and whether it still counts. */
export class AgentView {
  readonly #clock: Clock;
  #byHost: ReadonlyMap<string, MesosAgent> | undefined;
  #learntMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  learn(agents: readonly MesosAgent[]): void {
    this.#byHost = new Map(agents.map((agent) => [agent.hostname, agent]));
    this.#learntMs = this.#clock.monotonic();
  }

  state(hostname: string): AgentState {
    if (this.#byHost === undefined || this.#clock.monotonic() - this.#learntMs > STALE_AFTER_MS) {
      return { kind: 'unknown' };
    }
    const agent = this.#byHost.get(hostname);
    return agent === undefined ? { kind: 'absent' } : { kind: 'present', agent };
  }

  hostnames(): Iterable<string> {
    return this.#byHost?.keys() ?? [];
  }
}
