import type { Probe } from '../api/core-v1';

/** How often a probe has said the same, and what follows from it. */
export interface ProbeState {
  readonly result: boolean;
  /** Equal answers in a row, and which. */
  readonly streak: number;
  readonly last?: boolean;
}

export interface ProbeSettings {
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

/** With the API's defaults for what an older API left out. */
export function probeSettings(probe: Probe): ProbeSettings {
  return {
    initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1000,
    periodMs: positive(probe.periodSeconds, 10) * 1000,
    timeoutMs: positive(probe.timeoutSeconds, 1) * 1000,
    successThreshold: positive(probe.successThreshold, 1),
    failureThreshold: positive(probe.failureThreshold, 3),
  };
}

/** A probe's state before its first answer: alive, but neither ready nor started. */
export function initialProbeState(result: boolean): ProbeState {
  return { result, streak: 0 };
}

/** The state after one more answer. Pure. */
export function probeStep(state: ProbeState, success: boolean, settings: ProbeSettings): ProbeState {
  const streak = state.last === success ? state.streak + 1 : 1;
  const threshold = success ? settings.successThreshold : settings.failureThreshold;
  return { result: streak >= threshold ? success : state.result, streak, last: success };
}

function positive(value: number | undefined, fallback: number): number {
  return value === undefined || value <= 0 ? fallback : value;
}
