import { errorMessage } from '@kubernetes-mesos/component-base';
import type { Offer } from '@kubernetes-mesos/mesos';
import type { SchedulerContext } from './context';

/** The executors that are known to run, from offers and launches. */
export class KnownExecutors {
  readonly #context: SchedulerContext;
  /** By agent id. */
  readonly #executors = new Map<string, { readonly executorId: string; readonly hostname: string }>();

  constructor(context: SchedulerContext) {
    this.#context = context;
  }

  offered(offer: Offer): void {
    const ours = offer.executor_ids?.find(({ value }) => this.#context.state.catalog.isExecutorId(value));
    if (ours !== undefined) this.started(offer.agent_id.value, ours.value, offer.hostname);
  }

  started(agentId: string, executorId: string, hostname: string): void {
    this.#executors.set(agentId, { executorId, hostname });
  }

  ended(agentId: string): void {
    this.#executors.delete(agentId);
  }

  /** Asks executors without pods to end, so that new flags or a new version take effect. @returns a line for each asked */
  kamikaze(): string[] {
    const { mesos, logger } = this.#context.ports;
    return [...this.#executors].map(([agentId, { executorId, hostname }]) => {
      const message = {
        agent_id: { value: agentId },
        executor_id: { value: executorId },
        data: Buffer.from('kamikaze'),
      };
      mesos.call({ type: 'MESSAGE', message }).catch((error: unknown) => {
        logger.warn('message not sent', { agent: hostname, error: errorMessage(error) });
      });
      return `${agentId} (${hostname})`;
    });
  }
}
