import { formatTime, type Node, type Pod, type PodCondition } from '@kubernetes-mesos/api-types';
import { NODES, PODS, type EventRecorder, type KubeClient } from '@kubernetes-mesos/client';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import { unlessGone } from '../objects/failures';
import { nodeOf, podsOnNode } from '../objects/pods';
import type { Controller, KeySink } from '../runtime/controller';
import { DONE, requeueAfter, type Result } from '../runtime/result';
import type { SharedInformers } from '../runtime/shared-informers';
import type { AgentView } from './agent-view';
import { decideNode, type NodeConfig } from './decide';
import { LifeSigns } from './life-signs';

export interface NodeControllerOptions {
  readonly client: KubeClient;
  readonly informers: SharedInformers;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly view: AgentView;
  readonly config: NodeConfig;
}

/** Makes nodes of agents, watches over their heartbeats, evicts from those that are lost. Keys: node names. */
export class NodeController implements Controller {
  readonly name = 'nodes';
  readonly concurrency = 8;
  readonly #options: NodeControllerOptions;
  readonly #signs = new LifeSigns();
  #keys: KeySink | undefined;

  constructor(options: NodeControllerOptions) {
    this.#options = options;
    options.informers.of(NODES);
    options.informers.of(PODS);
  }

  start(keys: KeySink): () => void {
    const { informers } = this.#options;
    this.#keys = keys;
    const changed = (node: Node): void => keys.add(node.metadata.name ?? '');
    const stops = [
      informers.of(NODES).subscribe({ added: changed, updated: changed, deleted: changed }),
      // A pod that comes to a node that is lost already has to leave it as well.
      informers.of(PODS).subscribe({
        added: (pod) => this.#podBound(pod),
        updated: (pod, previous) => {
          if (nodeOf(pod) !== nodeOf(previous)) this.#podBound(pod);
        },
      }),
    ];
    return () => {
      this.#keys = undefined;
      for (const stop of stops) stop();
    };
  }

  /** Somebody should look at this node. */
  enqueue(name: string): void {
    this.#keys?.add(name);
  }

  async reconcile(name: string): Promise<Result> {
    const { client, informers, clock, config, view, recorder, logger } = this.#options;
    const node = informers.lister(NODES).get(name);
    const agent = view.state(name);
    const nowMs = clock.now();
    if (node === undefined && agent.kind !== 'present') this.#signs.forget(name);
    const pods = podsOnNode(informers.lister(PODS), name);
    const seenMs = this.#signs.observe(name, node, agent, nowMs);
    const plan = decideNode({ name, node, agent, pods, seenMs, nowMs }, config);
    if (plan.create !== undefined) {
      await client.create(NODES, plan.create);
      logger.info('node appeared', { node: name });
      recorder.event(
        plan.create,
        'Normal',
        'RegisteredNode',
        `Node ${name} event: Registered Node ${name} in Controller`,
      );
      return DONE;
    }
    if (node === undefined) return DONE;
    // One write a round, on the version that was looked at; its own event brings the next round.
    if (plan.metadata !== undefined) {
      await client.patch(NODES, { name }, { kind: 'merge', body: { metadata: plan.metadata } });
      return DONE;
    }
    if (plan.status !== undefined) {
      await this.#writeStatus(node, plan.status);
      return DONE;
    }
    if (plan.taints !== undefined) {
      const { uid, resourceVersion } = node.metadata;
      const body = { metadata: { uid, resourceVersion }, spec: { taints: plan.taints } };
      await client.patch(NODES, { name }, { kind: 'merge', body });
      return DONE;
    }
    for (const pod of plan.unready) await this.#markUnready(pod);
    for (const pod of plan.evict) await this.#evict(pod, plan.force);
    if (plan.remove) {
      const { uid } = node.metadata;
      recorder.event(node, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
      await unlessGone(client.delete(NODES, { name }, uid === undefined ? {} : { uid }));
      logger.info('node removed, its agent has left Mesos', { node: name });
    }
    return plan.lookAgainMs === undefined ? DONE : requeueAfter(plan.lookAgainMs);
  }

  async #writeStatus(node: Node, status: NonNullable<Node['status']>): Promise<void> {
    const { client, recorder, logger } = this.#options;
    await unlessGone(client.updateStatus(NODES, { ...node, status }));
    const before = node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status;
    const after = status.conditions?.find((condition) => condition.type === 'Ready')?.status;
    if (before === after) return;
    const name = node.metadata.name ?? '';
    const event = after === 'True' ? 'NodeReady' : 'NodeNotReady';
    recorder.event(node, 'Normal', event, `Node ${name} status is now: ${event}`);
    logger.info('node changed', { node: name, ready: after });
  }

  async #markUnready(pod: Pod): Promise<void> {
    const transition = formatTime(this.#options.clock.now());
    const conditions = (pod.status?.conditions ?? []).map((condition): PodCondition =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: transition } : condition,
    );
    const { client, recorder } = this.#options;
    recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    await unlessGone(client.updateStatus(PODS, { ...pod, status: { ...pod.status, conditions } }));
  }

  async #evict(pod: Pod, force: boolean): Promise<void> {
    const { client, recorder } = this.#options;
    const { namespace = '', name = '', uid } = pod.metadata;
    recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`);
    const options = { ...(uid === undefined ? {} : { uid }), ...(force ? { gracePeriodSeconds: 0 } : {}) };
    await unlessGone(client.delete(PODS, { namespace, name }, options));
  }

  #podBound(pod: Pod): void {
    const node = nodeOf(pod);
    if (node !== '') this.#keys?.add(node);
  }
}
