import type { DemandRules } from '../placement/demand';

/** How the scheduler behaves; units as named. */
export interface SchedulerOptions {
  readonly demandRules: DemandRules;
  /** Role that offers are allocated to. */
  readonly allocationRole: string;
  readonly offerTtlMs: number;
  readonly initialPodBackoffMs: number;
  readonly maxPodBackoffMs: number;
  /** Between implicit reconciliations; 0: none. */
  readonly reconcileIntervalMs: number;
  /** Least time between two reconciliations on request. */
  readonly reconcileCooldownMs: number;
  /** After the first subscription. */
  readonly initialImplicitReconciliationMs: number;
  readonly explicitMaxBackoffMs: number;
  /** Rewrite of the framework id in its store. */
  readonly frameworkIdRefreshMs: number;
  /** Fill TaskInfo.discovery. */
  readonly taskDiscovery: boolean;
  /** Time that an executor has to write a pod's end itself. */
  readonly verifyAfterMs: number;
}

export const DEFAULT_VERIFY_AFTER_MS = 30_000;
