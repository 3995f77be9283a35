import type { Clock } from '@kubernetes-mesos/component-base';
import type { Probe } from '../api/core-v1';
import type { ProbeVerdict } from '../pods/pod-view';
import type { ContainerRuntime } from '../runtime/runtime';
import { initialProbeState, probeSettings, probeStep, type ProbeState } from './probe-state';
import { ask, type ProbeTarget } from './prober';

type ProbeKind = 'liveness' | 'readiness' | 'startup';

export interface ContainerProbesOptions {
  readonly runtime: ContainerRuntime;
  readonly clock: Clock;
  readonly target: ProbeTarget;
  /** The verdict has changed. */
  readonly onChange: () => void;
  readonly onFailure: (kind: ProbeKind, output: string) => void;
}

/** The probes of one running container: startup alone until it passes, then liveness and readiness side by side. */
export class ContainerProbes {
  readonly #options: ContainerProbesOptions;
  readonly #abort = new AbortController();
  readonly #loops: Promise<void>[] = [];
  #verdict: ProbeVerdict;

  constructor(options: ContainerProbesOptions) {
    this.#options = options;
    const { startupProbe, readinessProbe } = options.target.container;
    this.#verdict = {
      liveness: 'ok',
      startup: startupProbe === undefined ? 'ok' : 'pending',
      readiness: readinessProbe === undefined,
    };
    if (startupProbe === undefined) this.#afterStartup();
    else this.#begin('startup', startupProbe);
  }

  get verdict(): ProbeVerdict {
    return this.#verdict;
  }

  /** Idempotent; waits for the probe that is being asked. */
  async close(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#loops);
  }

  #afterStartup(): void {
    const { livenessProbe, readinessProbe } = this.#options.target.container;
    if (livenessProbe !== undefined) this.#begin('liveness', livenessProbe);
    if (readinessProbe !== undefined) this.#begin('readiness', readinessProbe);
  }

  #begin(kind: ProbeKind, probe: Probe): void {
    this.#loops.push(this.#loop(kind, probe));
  }

  async #loop(kind: ProbeKind, probe: Probe): Promise<void> {
    const { runtime, clock, target, onFailure } = this.#options;
    const { signal } = this.#abort;
    const settings = probeSettings(probe);
    let state = initialProbeState(kind === 'liveness');
    try {
      await clock.sleep(settings.initialDelayMs, { signal });
      while (!signal.aborted) {
        const answer = await ask(runtime, probe, target, settings.timeoutMs);
        if (signal.aborted) return;
        state = probeStep(state, answer.success, settings);
        if (!answer.success) onFailure(kind, answer.output);
        if (this.#apply(kind, state, settings.failureThreshold)) return;
        await clock.sleep(settings.periodMs, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Returns whether this probe has nothing more to say. */
  #apply(kind: ProbeKind, state: ProbeState, failureThreshold: number): boolean {
    const before = this.#verdict;
    const failed = state.last === false && state.streak >= failureThreshold;
    let over = false;
    switch (kind) {
      case 'startup':
        if (state.result) {
          this.#verdict = { ...before, startup: 'ok' };
          over = true;
          this.#afterStartup();
        } else if (failed) {
          this.#verdict = { ...before, startup: 'failed' };
          over = true;
        }
        break;
      case 'liveness':
        if (failed) {
          this.#verdict = { ...before, liveness: 'failed' };
          over = true;
        }
        break;
      case 'readiness':
        this.#verdict = before.readiness === state.result ? before : { ...before, readiness: state.result };
    }
    if (this.#verdict !== before) this.#options.onChange();
    return over;
  }
}
