import { StatusError } from '@kubernetes-mesos/api-types';
import { NODES, type KubeClient } from '@kubernetes-mesos/client';
import { errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import type { Node } from '../api/core-v1';
import { newNode, nodeStatus, type NodeFacts } from './node-status';

export interface NodeAgentOptions {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'updateStatus'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked at each heartbeat. */
  readonly facts: () => Promise<NodeFacts>;
  /** ms */
  readonly periodMs: number;
  /** Create the node when there is none. */
  readonly register: boolean;
}

const RETRY_MS = 1_000;

/** Keeps this machine's Node object there and its status fresh. */
export class NodeAgent {
  readonly #options: NodeAgentOptions;
  readonly #abort = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: NodeAgentOptions) {
    this.#options = options;
  }

  /** Begins to report; idempotent. */
  start(): void {
    this.#loop ??= this.#run();
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, logger, periodMs } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      let delayMs = periodMs;
      try {
        await this.#report();
      } catch (error) {
        logger.warn('node status was not written', { error: errorMessage(error) });
        delayMs = Math.min(periodMs, RETRY_MS);
      }
      await clock.sleep(delayMs, { signal }).catch(() => undefined);
    }
  }

  async #report(): Promise<void> {
    const { client, clock, register } = this.#options;
    const facts = await this.#options.facts();
    const node = await this.#existing(facts.name);
    if (node === undefined) {
      if (!register) return;
      const fresh = newNode(facts, clock.now());
      const created = await client.create(NODES, fresh).catch((error: unknown) => {
        if (error instanceof StatusError && error.code === 409) return undefined;
        throw error;
      });
      // Servers drop the status of what is created.
      if (created?.status?.addresses === undefined) await this.#update(facts);
      return;
    }
    await this.#write(facts, node);
  }

  async #update(facts: NodeFacts): Promise<void> {
    const node = await this.#existing(facts.name);
    if (node !== undefined) await this.#write(facts, node);
  }

  async #write(facts: NodeFacts, node: Node): Promise<void> {
    const { client, clock } = this.#options;
    const status = { ...node.status, ...nodeStatus(facts, node.status, clock.now()) };
    await client.updateStatus(NODES, { ...node, status });
  }

  async #existing(name: string): Promise<Node | undefined> {
    try {
      return await this.#options.client.get(NODES, { name });
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return undefined;
      throw error;
    }
  }
}
