import type { Timer } from '@kubernetes-mesos/component-base';
import type { PodUid } from '../ids';
import type { SchedulerContext } from './context';

const TICK_MS = 1000;
/** A pod may wait this long without anybody being told, ms. */
const PATIENCE_MS = 2000;
/** The same reason is told again after this long, ms: events expire. */
const REPEAT_MS = 10 * 60_000;

/** Tells, as events of the pods, why they wait. */
export class Explainer {
  readonly #context: SchedulerContext;
  readonly #told = new Map<PodUid, { readonly text: string; readonly at: number }>();
  #timer: Timer | undefined;

  constructor(context: SchedulerContext) {
    this.#context = context;
  }

  /** Call when pods may have begun to wait. */
  wake(): void {
    if (this.#timer !== undefined || this.#context.state.queue.size === 0) return;
    this.#timer = this.#context.ports.clock.setTimer(() => {
      this.#timer = undefined;
      this.#tell();
      this.wake();
    }, TICK_MS);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tell(): void {
    const { ports, state } = this.#context;
    const now = ports.clock.monotonic();
    const reasons = new Map<string, string>();
    const waiting = new Set<PodUid>();
    for (const { demand, queuedAt, notBefore } of state.queue.waiting()) {
      waiting.add(demand.uid);
      // The failure that holds a pod back was told when it happened.
      if (notBefore > now || now - queuedAt < PATIENCE_MS) continue;
      let text = reasons.get(demand.signature);
      if (text === undefined) reasons.set(demand.signature, (text = state.memory.explain(demand.signature)));
      this.#tellOne(demand.uid, text, now);
    }
    for (const uid of this.#told.keys()) if (!waiting.has(uid)) this.#told.delete(uid);
    state.memory.retain(new Set([...state.queue.waiting()].map(({ demand }) => demand.signature)));
  }

  #tellOne(uid: PodUid, text: string, now: number): void {
    const last = this.#told.get(uid);
    if (last !== undefined && last.text === text && now - last.at < REPEAT_MS) return;
    this.#told.set(uid, { text, at: now });
    const pod = this.#context.state.registry.get(uid)?.pod;
    if (pod !== undefined) this.#context.ports.recorder.event(pod, 'Warning', 'FailedScheduling', text);
  }
}
