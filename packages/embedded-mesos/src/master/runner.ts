import { assertNever, type Clock, type Logger, type Timer } from '@kubernetes-mesos/component-base';
import type { MasterEvent, SchedulerEvent } from '@kubernetes-mesos/mesos';
import type { EventStream } from '../http/event-stream';
import type { Link } from '../link/link';
import type { AgentMessage, MasterMessage } from '../link/protocol';
import { disconnectAgent, executorExited, loseAgent } from './agent-loss';
import { registerAgent } from './agent-registration';
import type { Cluster } from './cluster';
import type { MasterEffect } from './effects';
import { disconnect, HEARTBEAT_SECONDS } from './frameworks';
import type { Registry } from './registry';
import { statusUpdate } from './tasks';
import { ping, tick } from './tick';

/** Records stay below this: mesos-go gives up at 4 MiB. */
const MAX_OFFERS_RECORD_BYTES = 3_500_000;
const MAX_OPERATOR_STREAMS = 1000;

/** Carries out what the decisions of `Cluster` ask for: streams, links to agents, the registry, timers. */
export class MasterRunner {
  readonly cluster: Cluster;
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #streams = new Map<string, EventStream<SchedulerEvent>>();
  readonly #operators = new Set<EventStream<MasterEvent>>();
  readonly #links = new Map<string, Link<MasterMessage>>();
  readonly #timers = new Set<Timer>();
  #closed = false;

  constructor(cluster: Cluster, registry: Registry, clock: Clock, logger: Logger) {
    this.cluster = cluster;
    this.#registry = registry;
    this.#clock = clock;
    this.#logger = logger;
  }

  start(): void {
    const { allocationIntervalMs, agentPingTimeoutMs } = this.cluster.settings;
    this.#every(Math.min(allocationIntervalMs, 1000), () => this.run((now) => tick(this.cluster, now)));
    this.#every(agentPingTimeoutMs, () => this.run(() => ping(this.cluster)));
    this.#every(HEARTBEAT_SECONDS * 1000, () => this.#heartbeat());
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) timer.cancel();
    for (const stream of this.#streams.values()) stream.close();
    for (const stream of this.#operators) stream.close();
    for (const link of this.#links.values()) link.destroy();
    this.#registry.close();
  }

  /** Makes one decision and does what it asks for. */
  run<Result>(decide: (now: number) => Result): Result {
    const result = decide(this.#clock.now());
    this.#perform(this.cluster.takeEffects());
    return result;
  }

  addStream(streamId: string, stream: EventStream<SchedulerEvent>): void {
    this.#streams.set(streamId, stream);
  }

  /** The stream ended on either side; `frameworkId` is absent when its subscription was refused. */
  streamClosed(streamId: string, frameworkId: string | undefined): void {
    this.#streams.delete(streamId);
    if (frameworkId === undefined || this.#closed) return;
    this.run((now) => disconnect(this.cluster, frameworkId, streamId, now));
  }

  addOperator(stream: EventStream<MasterEvent>): void {
    this.#operators.add(stream);
    if (this.#operators.size <= MAX_OPERATOR_STREAMS) return;
    for (const oldest of this.#operators) {
      this.removeOperator(oldest);
      oldest.close();
      break;
    }
  }

  removeOperator(stream: EventStream<MasterEvent>): void {
    this.#operators.delete(stream);
  }

  get operatorStreams(): number {
    return this.#operators.size;
  }

  /** What to do with the records of one agent's connection, whose first record registers it. */
  agentHandlers(link: () => Link<MasterMessage>): {
    onMessage(message: AgentMessage): void;
    onClose(reason: string): void;
  } {
    let agentId: string | undefined;
    return {
      onMessage: (message) => {
        if (message.type === 'REGISTER') agentId = this.#register(message, link());
        else if (agentId !== undefined) this.#agentMessage(agentId, message);
      },
      onClose: (reason) => {
        if (agentId === undefined || this.#links.get(agentId) !== link()) return;
        const id = agentId;
        this.#links.delete(id);
        if (this.#closed) return;
        this.#logger.info('agent disconnected', { agent: id, reason });
        this.run((now) => {
          const agent = this.cluster.state.agents.get(id);
          if (agent !== undefined) disconnectAgent(this.cluster, agent, now);
        });
      },
    };
  }

  #register(message: Extract<AgentMessage, { type: 'REGISTER' }>, link: Link<MasterMessage>): string | undefined {
    const result = registerAgent(this.cluster, message, this.#clock.now());
    if ('refused' in result) {
      this.#logger.warn('agent refused', { agent: message.agent_info.id?.value, reason: result.refused });
      link.send({ type: 'REFUSED', reason: result.refused });
      link.close();
      return undefined;
    }
    const { agentId } = result;
    const old = this.#links.get(agentId);
    this.#links.set(agentId, link);
    if (old !== undefined && old !== link) old.destroy();
    this.#logger.info('agent registered', { agent: agentId, pid: message.pid });
    this.#perform(this.cluster.takeEffects());
    return agentId;
  }

  #agentMessage(agentId: string, message: Exclude<AgentMessage, { type: 'REGISTER' }>): void {
    this.run((now) => {
      const { cluster } = this;
      const agent = cluster.state.agents.get(agentId);
      if (agent === undefined) return;
      agent.heardAt = now;
      switch (message.type) {
        case 'PONG':
          return;
        case 'STATUS_UPDATE':
          statusUpdate(cluster, agent, message, now);
          return;
        case 'EXECUTOR_EXITED':
          executorExited(cluster, agent, message, now);
          return;
        case 'EXECUTOR_MESSAGE': {
          const framework = cluster.frameworkOf(message.framework_id);
          if (framework === undefined) return;
          const { executor_id, data } = message;
          cluster.toFramework(framework, {
            type: 'MESSAGE',
            message: { agent_id: { value: agentId }, executor_id: { value: executor_id }, data },
          });
          return;
        }
        case 'UNREGISTER':
          loseAgent(cluster, agent, { kind: 'removed', why: message.message }, now);
          cluster.closeAgent(agentId);
          return;
        default:
          assertNever(message);
      }
    });
  }

  #perform(effects: readonly MasterEffect[]): void {
    // Changes of the registry are on disk before anything that follows from them is seen outside.
    this.#registry.append(effects.flatMap((effect) => (effect.kind === 'persist' ? [effect.entry] : [])));
    for (const effect of effects) {
      switch (effect.kind) {
        case 'persist':
          break;
        case 'framework-event':
          this.#sendEvent(effect.streamId, effect.event);
          break;
        case 'close-framework': {
          const stream = this.#streams.get(effect.streamId);
          this.#streams.delete(effect.streamId);
          // The answer to the call that ends the stream (TEARDOWN) goes out first.
          if (stream !== undefined) setImmediate(() => stream.close());
          break;
        }
        case 'agent-message':
          this.#links.get(effect.agentId)?.send(effect.message);
          break;
        case 'close-agent': {
          const link = this.#links.get(effect.agentId);
          this.#links.delete(effect.agentId);
          link?.close();
          break;
        }
        case 'operator-event':
          for (const stream of this.#operators) stream.send(effect.event);
          break;
        default:
          assertNever(effect);
      }
    }
  }

  #sendEvent(streamId: string, event: SchedulerEvent): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    const payload = stream.encode(event);
    const offers = event.type === 'OFFERS' ? (event.offers.offers ?? []) : [];
    if (payload.length <= MAX_OFFERS_RECORD_BYTES || offers.length < 2) {
      stream.sendEncoded(payload);
      return;
    }
    const middle = offers.length >> 1;
    for (const half of [offers.slice(0, middle), offers.slice(middle)]) {
      this.#sendEvent(streamId, { type: 'OFFERS', offers: { offers: half } });
    }
  }

  #heartbeat(): void {
    for (const stream of this.#streams.values()) stream.send({ type: 'HEARTBEAT' });
    for (const stream of this.#operators) stream.send({ type: 'HEARTBEAT' });
  }

  #every(intervalMs: number, work: () => void): void {
    const again = (): void => {
      const timer = this.#clock.setTimer(() => {
        this.#timers.delete(timer);
        if (this.#closed) return;
        work();
        again();
      }, intervalMs);
      this.#timers.add(timer);
    };
    again();
  }
}
