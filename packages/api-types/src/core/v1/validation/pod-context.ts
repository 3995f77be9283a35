import type { PodSpec } from '../../../generated/core-v1.types';
import type { KnownVolumes } from './mounts';
import type { PodValidationOptions } from './options';

/** What the checks of a container have to know of the pod around it. */
export interface PodContext {
  readonly options: PodValidationOptions;
  readonly volumes: KnownVolumes;
  /** Names of the pod's resource claims. */
  readonly claims: readonly string[];
  /** Seconds that the pod has for ending. */
  readonly graceSeconds: number | undefined;
  readonly restartPolicy: string;
  /** Users in containers are users of the host. */
  readonly hostUsers: boolean;
}

const NO_CLAIMS: readonly string[] = [];

export function podContext(spec: PodSpec, volumes: KnownVolumes, options: PodValidationOptions): PodContext {
  return {
    options,
    volumes,
    claims: spec.resourceClaims?.map(({ name }) => name) ?? NO_CLAIMS,
    graceSeconds: spec.terminationGracePeriodSeconds,
    restartPolicy: spec.restartPolicy ?? '',
    hostUsers: spec.hostUsers ?? true,
  };
}
