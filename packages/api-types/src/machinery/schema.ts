/**
 * Structural schema of a kind: what pruning, decoding, patching, server-side apply, OpenAPI and `kubectl explain` read.
 * Generated for the served kinds; made at run time for custom resources. References are resolved by name in a registry,
 * so that recursive types are finite.
 */
export type Schema =
  | {
      readonly type: 'string';
      readonly format?: 'date-time' | 'micro-time' | 'byte' | 'quantity' | 'int-or-string' | 'duration';
    }
  | { readonly type: 'integer'; readonly format: 'int32' | 'int64' }
  | { readonly type: 'number' }
  | { readonly type: 'boolean' }
  /** Free-form JSON: kept as it came. */
  | { readonly type: 'any' }
  | { readonly type: 'array'; readonly items: Schema }
  | { readonly type: 'map'; readonly values: Schema }
  | { readonly type: 'ref'; readonly name: string };

export interface FieldSchema {
  readonly name: string;
  readonly schema: Schema;
  readonly description: string;
  readonly required?: boolean;
  /**
   * When the field is written. Absent: left out when empty (0, "", false, no items, no object). `pointer`: left out only
   * when absent. `always`: written even when absent, as "", 0, false, `{}`, or null for times, lists and maps;
   * `always-nullable`: the same, null whatever the type.
   */
  readonly presence?: 'pointer' | 'always' | 'always-nullable';
  /** Strategic merge patch, as upstream's `patchStrategy` and `patchMergeKey`. */
  readonly patchStrategy?: 'merge' | 'replace' | 'retainKeys' | 'merge,retainKeys';
  readonly patchMergeKey?: string;
  /** Server-side apply, as upstream's `x-kubernetes-list-type` and friends. */
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'atomic' | 'granular';
}

/** A named object type, `io.k8s.api.core.v1.Pod`; `fields` are in the order in which they are written. */
export interface TypeSchema {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly FieldSchema[];
}
