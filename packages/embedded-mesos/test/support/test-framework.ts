import {
  createMasterDetector,
  createSchedulerClient,
  type FrameworkInfo,
  type MasterDetector,
  type Offer,
  type SchedulerCall,
  type SchedulerClient,
  type SchedulerEvent,
  type TaskInfo,
  type TaskStatus,
} from '@kubernetes-mesos/mesos';
import { eventually } from '@kubernetes-mesos/test-support';

/** A framework for tests: keeps what it hears, acknowledges every update. */
export class TestFramework {
  readonly events: (SchedulerEvent | { readonly type: 'CONNECTED' | 'DISCONNECTED' })[] = [];
  readonly #detector: MasterDetector;
  readonly #client: SchedulerClient;
  readonly #loop: Promise<void>;
  #offers: Offer[] = [];

  constructor(master: string, info: Partial<FrameworkInfo> = {}) {
    this.#detector = createMasterDetector(master);
    this.#client = createSchedulerClient({
      detector: this.#detector,
      framework: {
        user: 'root',
        name: 'test',
        checkpoint: true,
        failover_timeout: 60,
        capabilities: [{ type: 'PARTITION_AWARE' }],
        ...info,
      },
      backoff: { initialMs: 20, maxMs: 100 },
    });
    this.#loop = this.#read();
  }

  get id(): string {
    return this.#client.framework.id?.value ?? '';
  }

  get statuses(): TaskStatus[] {
    return this.events.flatMap((event) => (event.type === 'UPDATE' ? [event.update.status] : []));
  }

  states(taskId: string): string[] {
    return this.statuses.filter(({ task_id }) => task_id.value === taskId).map(({ state }) => state);
  }

  /** Waits for an update of a task. */
  update(taskId: string, state: string, deadlineMs = 15_000): Promise<TaskStatus> {
    return eventually(() => this.statuses.find((s) => s.task_id.value === taskId && s.state === state), {
      deadlineMs,
      what: `${taskId} ${state}`,
    }).catch((error: unknown) => {
      throw new Error(
        `${String(error)}; heard ${JSON.stringify(this.statuses.map((s) => [s.task_id.value, s.state, s.reason, s.message]))}`,
      );
    });
  }

  /** Takes one offer. */
  offer(): Promise<Offer> {
    return eventually(() => this.#offers.shift(), { deadlineMs: 15_000, what: 'an offer' });
  }

  call(call: SchedulerCall): Promise<void> {
    return this.#client.call(call);
  }

  /** Launches on one offer; what is left comes back at once. */
  async launch(make: (agentId: string) => TaskInfo[]): Promise<string> {
    const offer = await this.offer();
    const agentId = offer.agent_id.value;
    await this.call({
      type: 'ACCEPT',
      accept: {
        offer_ids: [offer.id],
        operations: [{ type: 'LAUNCH', launch: { task_infos: make(agentId) } }],
        filters: { refuse_seconds: 0 },
      },
    });
    return agentId;
  }

  kill(taskId: string): Promise<void> {
    return this.call({ type: 'KILL', kill: { task_id: { value: taskId } } });
  }

  /** Ends the framework for good; the client may then be refused, or find its stream closed. */
  async teardown(): Promise<void> {
    await this.call({ type: 'TEARDOWN' }).catch(() => undefined);
    await this.close().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#loop;
    await this.#detector.close();
  }

  async #read(): Promise<void> {
    for await (const event of this.#client.events()) {
      this.events.push(event);
      if (event.type === 'CONNECTED') this.#offers = [];
      else if (event.type === 'OFFERS') this.#offers.push(...(event.offers.offers ?? []));
      else if (event.type === 'RESCIND') {
        this.#offers = this.#offers.filter(({ id }) => id.value !== event.rescind.offer_id.value);
      } else if (event.type === 'UPDATE') await this.#acknowledge(event.update.status);
    }
  }

  async #acknowledge({ agent_id, task_id, uuid }: TaskStatus): Promise<void> {
    if (uuid === undefined || agent_id === undefined) return;
    // A broken connection: the update comes again.
    await this.call({ type: 'ACKNOWLEDGE', acknowledge: { agent_id, task_id, uuid } }).catch(() => undefined);
  }
}
