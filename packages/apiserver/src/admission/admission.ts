import type { KubeObject } from '@kubernetes-mesos/api-types';
import type { WriteGuard } from '@kubernetes-mesos/storage';
import type { ServedResource } from '../endpoints/served-resource';
import type { VerbContext } from '../endpoints/verb-context';

export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A request on its way to the store, as admission plug-ins see it. */
export interface AdmissionRequest {
  readonly operation: AdmissionOperation;
  readonly resource: ServedResource;
  /** `''` for the object itself. */
  readonly subresource: string;
  readonly namespace: string;
  /** `''` while a name is yet to be generated. */
  readonly name: string;
  /** What will be stored; plug-ins may change it in `mutate`. Absent for DELETE and CONNECT. */
  readonly object?: KubeObject;
  readonly old?: KubeObject;
  readonly dryRun: boolean;
  /** A plug-in adds what its decision was made from: the write happens only while that holds. In `validate` only. */
  readonly guards?: WriteGuard[];
  /** Those of the attempt before, of which one has moved, or after which the object was another. */
  readonly guardsBefore?: readonly WriteGuard[];
}

/**
 * One policy. `mutate` runs before the object is validated and may change it; `validate` runs after and may only refuse.
 * Both refuse by throwing a StatusError.
 */
export interface AdmissionPlugin {
  readonly name: string;
  handles(request: AdmissionRequest): boolean;
  mutate?(request: AdmissionRequest, context: VerbContext): void | Promise<void>;
  validate?(request: AdmissionRequest, context: VerbContext): void | Promise<void>;
}

/** The plug-ins in the order of `--admission_control`. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  async mutate(request: AdmissionRequest, context: VerbContext): Promise<void> {
    for (const plugin of this.#plugins) {
      if (plugin.mutate === undefined || !plugin.handles(request)) continue;
      const pending = plugin.mutate(request, context);
      if (pending !== undefined) await pending;
    }
  }

  async validate(request: AdmissionRequest, context: VerbContext): Promise<void> {
    for (const plugin of this.#plugins) {
      if (plugin.validate === undefined || !plugin.handles(request)) continue;
      const pending = plugin.validate(request, context);
      if (pending !== undefined) await pending;
    }
  }
}
