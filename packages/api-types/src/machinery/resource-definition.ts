import type { FieldError } from './field-error';
import type { KubeObject } from './object';
import type { TableDefinition } from './table';

/**
 * Everything the API server has to know of one resource. Adding a kind is adding one such declaration: the verbs are
 * generic. Inside the server an object is always in its newest stable version (`version`), as plain JSON data.
 */
export interface ResourceDefinition<T extends KubeObject = KubeObject> {
  /** `''` is the core group. */
  readonly group: string;
  readonly version: string;
  readonly names: ResourceNames;
  readonly scope: 'Namespaced' | 'Cluster';
  /** As discovery lists them, sorted. */
  readonly verbs: readonly ApiVerb[];
  /** Name of the kind's `TypeSchema`. */
  readonly schema: string;
  readonly strategy: ResourceStrategy<T>;
  readonly table: TableDefinition<T>;
  /** Field selectors beyond `metadata.name` and `metadata.namespace`: label -> its value in an object. */
  readonly selectableFields: Readonly<Record<string, (object: T) => string>>;
  readonly subresources: readonly SubresourceDefinition<T>[];
  /** Seconds after which a stored object disappears by itself; events only. */
  readonly ttlSeconds?: number;
}

export interface ResourceNames {
  /** `pods`, as in the URL and in details.kind. */
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

export type ApiVerb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/**
 * What differs between resources in how they are written. All functions are pure but for changing `object` in place; `old`
 * is never changed, but parts of it may be in `object` afterwards.
 */
export interface ResourceStrategy<T extends KubeObject> {
  /** Fills in defaults; idempotent. */
  applyDefaults(object: T): void;
  /** Clears what a client may not set at creation (status, ...). */
  prepareForCreate(object: T): void;
  /** Restores what a client may not change by updating the main resource (status, ...) and counts generations. */
  prepareForUpdate(object: T, old: T): void;
  /** All that is wrong with a new object, its metadata included, after names are generated and defaults filled in. */
  validateCreate(object: T): FieldError[];
  /** The same for an update of the main resource; the server has put in beforehand what clients cannot change in metadata. */
  validateUpdate(object: T, old: T): FieldError[];
  /** How `metadata.name` is checked. */
  readonly nameFormat: NameFormat;
  /** An object created without a name gets a uid for one, instead of being refused (limit ranges). */
  readonly namesNameless?: boolean;
  /** A PUT of what does not exist creates it (endpoints, events, limit ranges). */
  readonly allowCreateOnUpdate: boolean;
  /** A PUT without resourceVersion is accepted. */
  readonly allowUnconditionalUpdate: boolean;
  /** Whether DELETE answers the object or a Status. */
  readonly deleteAnswers: 'object' | 'status';
  /** Seconds a deletion waits for its owner (pods: the kubelet) to confirm; 0 deletes at once. `undefined`: never graceful. */
  readonly gracePeriodSeconds?: (object: T, requested: number | undefined) => number;
  /** Dependents' fate when a DELETE names no policy. Default `background`. */
  readonly defaultPropagation?: 'background' | 'orphan';
}

export type NameFormat = 'dns-subdomain' | 'dns-label' | 'dns-1035-label' | 'path-segment';

/** A subresource that reads or writes a part of its object: `status`, `scale`, `binding`, `finalize`, ... */
export interface SubresourceDefinition<T extends KubeObject> {
  /** `status`; discovery lists it as `<plural>/status`. */
  readonly name: string;
  readonly kind: string;
  /** Given where the subresource's kind lives in another group or version (scale: autoscaling/v1). */
  readonly groupVersion?: { readonly group: string; readonly version: string };
  readonly verbs: readonly ('create' | 'get' | 'patch' | 'update' | 'delete')[];
  /** For subresources whose body is the object itself (`status`, `finalize`): what a write may change. */
  readonly update?: {
    prepare(object: T, old: T): void;
    validate(object: T, old: T): FieldError[];
  };
}
