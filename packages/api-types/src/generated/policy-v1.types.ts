// Interfaces of io.k8s.api.policy.v1.
// Written by scripts/generate-api-types.mjs; changes here are lost.

import type { KubeObject } from '../machinery/object';
import type { DeleteOptions } from './meta-v1.types';

/** Eviction evicts a pod from its node subject to certain policies and safety constraints. This is a subresource of Pod. A request to cause such an eviction is created by POSTing to .../pods/<pod name>/evictions. */
export interface Eviction extends KubeObject {
  deleteOptions?: DeleteOptions;
}
