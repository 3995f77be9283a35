import { invalid, type FieldError } from '../../machinery/field-error';
import type { KubeObject } from '../../machinery/object';
import { NAME_CHECKS, validateObjectMeta, validateObjectMetaUpdate } from '../../machinery/object-meta-validation';
import type {
  ApiVerb,
  ResourceDefinition,
  ResourceNames,
  ResourceStrategy,
  SubresourceDefinition,
} from '../../machinery/resource-definition';
import type { TableDefinition } from '../../machinery/table';

export const ALL_VERBS: readonly ApiVerb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** Verbs of the kinds that cannot be deleted as a collection. */
export const VERBS_WITHOUT_DELETECOLLECTION: readonly ApiVerb[] = ALL_VERBS.filter(
  (verb) => verb !== 'deletecollection',
);

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** What a core kind declares; the rest is as most kinds have it. */
export interface CoreDeclaration<T extends KubeObject> {
  readonly names: Omit<ResourceNames, 'listKind' | 'shortNames' | 'categories'> &
    Partial<Pick<ResourceNames, 'shortNames' | 'categories'>>;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs?: readonly ApiVerb[];
  readonly table: TableDefinition<T>;
  readonly selectableFields?: Readonly<Record<string, (object: T) => string>>;
  readonly subresources?: readonly SubresourceDefinition<T>[];
  readonly ttlSeconds?: number;
  readonly strategy: Pick<ResourceStrategy<T>, 'deleteAnswers'> &
    Partial<
      Omit<ResourceStrategy<T>, 'validateCreate' | 'validateUpdate'> & {
        /** What is wrong beyond the metadata. */
        validate(object: T, errors: FieldError[]): void;
        /** What an update may not do; by default whatever a creation may not do either. */
        validateUpdate(object: T, old: T, errors: FieldError[]): void;
        /**
         * Which checks of metadata the kind itself makes when it is updated; upstream's kinds differ in it. `none`: not
         * when it is created either. Default `both`.
         */
        readonly metadataChecks: 'both' | 'create' | 'update' | 'none';
      }
    >;
}

export function defineCoreResource<T extends KubeObject>(declaration: CoreDeclaration<T>): ResourceDefinition<T> {
  const { names, scope, strategy } = declaration;
  const nameFormat = strategy.nameFormat ?? 'dns-subdomain';
  const isNamespaced = scope === 'Namespaced';
  const metadataChecks = strategy.metadataChecks ?? 'both';
  const nothing = (): void => undefined;
  const validateMetadata = ({ metadata }: T, errors: FieldError[]): void => {
    validateObjectMeta(metadata, isNamespaced, NAME_CHECKS[nameFormat], 'metadata', errors);
    for (const [index, finalizer] of (metadata.finalizers ?? []).entries()) {
      validateKnownFinalizer(finalizer, `metadata.finalizers[${index}]`, errors);
    }
  };
  const validate = strategy.validate ?? nothing;
  const validateUpdate =
    strategy.validateUpdate ?? ((object: T, _old: T, errors: FieldError[]) => validate(object, errors));
  return {
    group: '',
    version: 'v1',
    names: { shortNames: [], categories: [], ...names, listKind: `${names.kind}List` },
    scope,
    verbs: declaration.verbs ?? ALL_VERBS,
    schema: `io.k8s.api.core.v1.${names.kind}`,
    strategy: {
      applyDefaults: strategy.applyDefaults ?? nothing,
      prepareForCreate: strategy.prepareForCreate ?? nothing,
      prepareForUpdate: strategy.prepareForUpdate ?? nothing,
      validateCreate(object) {
        const errors: FieldError[] = [];
        if (metadataChecks !== 'none') validateMetadata(object, errors);
        validate(object, errors);
        return metadataChecks === 'none' && errors.length === 0 ? commonErrors(object) : errors;
      },
      validateUpdate(object, old) {
        const changes: FieldError[] = [];
        validateObjectMetaUpdate(object.metadata, old.metadata, 'metadata', changes);
        const errors = [...commonErrors(object), ...changes];
        if (metadataChecks === 'both' || metadataChecks === 'update') errors.push(...changes);
        if (metadataChecks === 'both' || metadataChecks === 'create') validateMetadata(object, errors);
        validateUpdate(object, old, errors);
        return errors;
      },
      nameFormat,
      allowCreateOnUpdate: strategy.allowCreateOnUpdate ?? false,
      allowUnconditionalUpdate: strategy.allowUnconditionalUpdate ?? true,
      deleteAnswers: strategy.deleteAnswers,
      ...(strategy.namesNameless === undefined ? {} : { namesNameless: strategy.namesNameless }),
      ...(strategy.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: strategy.gracePeriodSeconds }),
      ...(strategy.defaultPropagation === undefined ? {} : { defaultPropagation: strategy.defaultPropagation }),
    },
    table: declaration.table,
    selectableFields: declaration.selectableFields ?? {},
    subresources: declaration.subresources ?? [],
    ...(declaration.ttlSeconds === undefined ? {} : { ttlSeconds: declaration.ttlSeconds }),
  };
}

/** A finalizer without a domain must be one that Kubernetes knows. */
export function validateKnownFinalizer(finalizer: string, path: string, errors: FieldError[]): void {
  if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) return;
  errors.push(invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'));
}

/** `status`: a write may change the status and metadata only. */
export function statusSubresource<T extends KubeObject>(
  kind: string,
  prepare: (object: T, old: T) => void,
  validate: (object: T, old: T, errors: FieldError[]) => void = () => undefined,
): SubresourceDefinition<T> {
  return bodySubresource('status', kind, ['get', 'patch', 'update'], prepare, validate);
}

/** A subresource whose body is the object itself. */
export function bodySubresource<T extends KubeObject>(
  name: string,
  kind: string,
  verbs: SubresourceDefinition<T>['verbs'],
  prepare: (object: T, old: T) => void,
  validate: (object: T, old: T, errors: FieldError[]) => void,
): SubresourceDefinition<T> {
  return {
    name,
    kind,
    verbs,
    update: {
      prepare,
      validate(object, old) {
        const changes: FieldError[] = [];
        validateObjectMetaUpdate(object.metadata, old.metadata, 'metadata', changes);
        const errors = [...commonErrors(object), ...changes, ...changes];
        validate(object, old, errors);
        return errors;
      },
    },
  };
}

/**
 * What is wrong with metadata whatever the kind. Upstream checks it for all kinds, then once more in the kind itself, and
 * reports what either finds; so the same error comes several times when an update is refused.
 */
function commonErrors({ metadata }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const isNamespaced = (metadata.namespace ?? '') !== '';
  validateObjectMeta(metadata, isNamespaced, NAME_CHECKS['path-segment'], 'metadata', errors);
  return errors;
}

/** Puts a member back to what it was, which may be nothing. */
export function restore<T extends object, K extends keyof T>(object: T, old: T, key: K): void {
  if (old[key] === undefined) delete object[key];
  else object[key] = old[key];
}

/**
 * Forgets which kind a definition is of, for lists of definitions. Safe because a server hands a definition only objects
 * that were read by that definition's own schema.
 */
export function ofAnyKind<T extends KubeObject>(definition: ResourceDefinition<T>): ResourceDefinition {
  return definition as unknown as ResourceDefinition;
}
