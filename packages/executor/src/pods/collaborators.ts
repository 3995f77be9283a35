import type { Container, Pod, PodStatus } from '../api/core-v1';
import type { ContainerStart, Mount, RegistryCredentials, SandboxSpec } from '../runtime/runtime';

/** What a pod worker needs of the rest of the executor; one interface for each thing it does not do itself. */

/** Turns a container's spec into what a runtime starts: environment, mounts, limits, expanded command. */
export interface ContainerBuilder {
  sandbox(pod: Pod, attempt: number): SandboxSpec;
  /** @throws ContainerStartError when the spec cannot be met. */
  container(
    pod: Pod,
    container: Container,
    options: { readonly attempt: number; readonly podIP: string; readonly mounts: readonly Mount[] },
  ): Promise<ContainerStart>;
  credentials(pod: Pod): Promise<readonly RegistryCredentials[]>;
}

export interface VolumeStore {
  /** Makes every volume of the pod ready. Idempotent. @throws VolumeError */
  prepare(pod: Pod, podIP: string): Promise<void>;
  /** @throws VolumeError for a mount that names no volume */
  mounts(pod: Pod, container: Container, environment: ReadonlyMap<string, string>): Promise<Mount[]>;
  /** Writes config maps, secrets and downward API files anew where they have changed. */
  refresh(pod: Pod, podIP: string): Promise<void>;
  /** Deletes what `prepare` has made. */
  remove(podUid: string): Promise<void>;
}

export interface PodEvents {
  event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** What the API is to show of a pod. */
export interface PodReport {
  readonly status: PodStatus;
  /** Annotations that belong to the status. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Where a worker's results go. */
export interface PodWorkerListener {
  statusChanged(pod: Pod, report: PodReport): void;
  /** Everything of the pod is removed; the last status has been reported. */
  gone(pod: Pod): void;
}
