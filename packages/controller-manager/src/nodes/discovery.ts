import { NODES } from '@kubernetes-mesos/client';
import { errorMessage, type Logger } from '@kubernetes-mesos/component-base';
import type { Controller, KeySink } from '../runtime/controller';
import { requeueAfter, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import type { AgentView } from './agent-view';
import type { AgentSource } from './mesos-agents';

export interface DiscoveryOptions {
  readonly source: AgentSource;
  readonly view: AgentView;
  readonly informers: SharedInformers;
  readonly logger: Logger;
  /** Time between two looks at the master, ms. */
  readonly periodMs: number;
  /** Takes the nodes that somebody should look at, by name. */
  readonly changed: (name: string) => void;
}

const KEY = 'agents';

/** Asks the Mesos master for its agents, again and again; one key. */
export class NodeDiscovery implements Controller {
  readonly name = 'node-discovery';
  readonly concurrency = 1;
  readonly #options: DiscoveryOptions;
  #away = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    options.informers.of(NODES);
  }

  start(keys: KeySink): () => void {
    keys.add(KEY);
    return () => undefined;
  }

  async reconcile(): Promise<Result> {
    const { source, view, informers, logger, periodMs, changed } = this.#options;
    try {
      view.learn(await source.agents());
      if (this.#away) logger.info('the Mesos master answers again');
      this.#away = false;
    } catch (error) {
      if (!this.#away) logger.warn('the Mesos master does not answer', { error: errorMessage(error) });
      this.#away = true;
      return requeueAfter(Math.min(periodMs, 5000));
    }
    for (const hostname of view.hostnames()) changed(hostname);
    for (const node of informers.lister(NODES).list()) changed(node.metadata.name ?? '');
    return requeueAfter(periodMs);
  }
}
