import { invalid, type FieldError } from '../../machinery/field-error';
import { checkTwice, child, element, type FieldPath } from '../../machinery/field-path';
import type { KubeObject, ObjectMeta } from '../../machinery/object';
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

/** `spec` is all that is not metadata; `creation`: what only a new object may not have. */
type CreateCheck = 'metadata' | 'spec' | 'creation';

/**
 * `metadataChange`: what may not change in metadata; `change`: what may not change elsewhere. Upstream's kinds make them
 * in different orders and some of them twice; what they find then is reported twice.
 */
type UpdateCheck = 'metadata' | 'spec' | 'metadataChange' | 'change';

const CREATE_CHECKS: readonly CreateCheck[] = ['metadata', 'spec', 'creation'];
const UPDATE_CHECKS: readonly UpdateCheck[] = ['metadataChange', 'metadata', 'spec'];

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
        /** What a new object may not have, though a changed one may. */
        validateCreation(object: T, errors: FieldError[]): void;
        /** What an update may not do, besides what a creation may not do either. */
        validateUpdate(object: T, old: T, errors: FieldError[]): void;
        /** What the kind itself checks of a new object. */
        readonly createChecks: readonly CreateCheck[];
        /** The same of a change, in order. */
        readonly updateChecks: readonly UpdateCheck[];
      }
    >;
}

export function defineCoreResource<T extends KubeObject>(declaration: CoreDeclaration<T>): ResourceDefinition<T> {
  const { names, scope, strategy } = declaration;
  const nameFormat = strategy.nameFormat ?? 'dns-subdomain';
  const isNamespaced = scope === 'Namespaced';
  const { createChecks = CREATE_CHECKS, updateChecks = UPDATE_CHECKS } = strategy;
  const nothing = (): void => undefined;
  const validate = strategy.validate ?? nothing;
  const validateCreation = strategy.validateCreation ?? nothing;
  const validateChange = strategy.validateUpdate ?? nothing;
  const validateMetadata = ({ metadata }: T, errors: FieldError[]): void => {
    checkTwice('metadata', errors, (path, found) => {
      validateObjectMeta(metadata, isNamespaced, NAME_CHECKS[nameFormat], path, found);
      validateKnownFinalizers(metadata, path, found);
    });
  };
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
        for (const check of createChecks) {
          if (check === 'metadata') validateMetadata(object, errors);
          else if (check === 'spec') validate(object, errors);
          else validateCreation(object, errors);
        }
        return createChecks.includes('metadata') || errors.length > 0 ? errors : commonErrors(object);
      },
      validateUpdate(object, old) {
        const errors = [...commonErrors(object), ...changeErrors(object, old)];
        const found = new Map<UpdateCheck, readonly FieldError[]>();
        for (const check of updateChecks) {
          const known = found.get(check);
          if (known !== undefined) {
            errors.push(...known);
            continue;
          }
          const before = errors.length;
          if (check === 'metadata') validateMetadata(object, errors);
          else if (check === 'metadataChange') errors.push(...ownChangeErrors(object, old));
          else if (check === 'spec') validate(object, errors);
          else validateChange(object, old, errors);
          found.set(check, errors.slice(before));
        }
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
export function validateKnownFinalizer(finalizer: string, path: FieldPath, errors: FieldError[]): void {
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
        const errors = [...commonErrors(object), ...changeErrors(object, old), ...ownChangeErrors(object, old)];
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
  checkTwice('metadata', errors, (path, found) =>
    validateObjectMeta(metadata, isNamespaced, NAME_CHECKS['path-segment'], path, found),
  );
  return errors;
}

function changeErrors(object: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  checkTwice('metadata', errors, (path, found) => validateObjectMetaUpdate(object.metadata, old.metadata, path, found));
  return errors;
}

/** The same as a core kind itself checks it: it also knows which finalizers there are. */
function ownChangeErrors(object: KubeObject, old: KubeObject): FieldError[] {
  const errors = changeErrors(object, old);
  validateKnownFinalizers(object.metadata, 'metadata', errors);
  return errors;
}

function validateKnownFinalizers({ finalizers }: ObjectMeta, path: FieldPath, errors: FieldError[]): void {
  if (finalizers === undefined) return;
  for (const [index, finalizer] of finalizers.entries()) {
    validateKnownFinalizer(finalizer, element(child(path, 'finalizers'), index), errors);
  }
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
