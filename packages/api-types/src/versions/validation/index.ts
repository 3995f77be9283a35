import type { FieldError } from '../../machinery/field-error';
import type { KubeObject } from '../../machinery/object';
import type {
  InternalBinding,
  InternalEvent,
  InternalLimitRange,
  InternalNamespace,
  InternalNode,
  InternalPod,
  InternalReplicationController,
  InternalResourceQuota,
  InternalSecret,
  InternalService,
} from '../shared/internal';
import type { PodRules } from './container';
import { Problems } from './errors';
import { dnsSubdomain } from './formats';
import { validateMeta, validateMetaUpdate } from './metadata';
import {
  validateBinding,
  validateEvent,
  validateLimitRange,
  validateNamespace,
  validateNode,
  validateNodeUpdate,
  validateResourceQuota,
  validateSecret,
} from './others';
import { validatePod, validatePodStatusUpdate, validatePodUpdate } from './pod';
import { validateReplicationController, validateReplicationControllerUpdate } from './replication-controller';
import { validateService, validateServiceUpdate } from './service';

export { legacyCauses, legacyErrorText, legacyErrorsText } from './texts';
export type { PodRules } from './container';

/** What release 0.14 found wrong with an object, in its order; both objects are in the internal form. */
export interface LegacyValidation {
  create(object: KubeObject, rules: PodRules): FieldError[];
  update(object: KubeObject, old: KubeObject, rules: PodRules): FieldError[];
}

/** By kind. */
export const LEGACY_VALIDATION: ReadonlyMap<string, LegacyValidation> = new Map([
  ['Binding', validation<InternalBinding>(validateBinding)],
  [
    'Endpoints',
    validation<KubeObject>((problems, object) =>
      validateMeta(problems.at('metadata'), object.metadata, true, dnsSubdomain),
    ),
  ],
  ['Event', validation<InternalEvent>(validateEvent, validateEvent)],
  ['LimitRange', validation<InternalLimitRange>(validateLimitRange)],
  ['Namespace', validation<InternalNamespace>(validateNamespace)],
  ['Node', validation<InternalNode>(validateNode, validateNodeUpdate)],
  ['Pod', validation<InternalPod>(validatePod, validatePodUpdate)],
  [
    'ReplicationController',
    validation<InternalReplicationController>(validateReplicationController, validateReplicationControllerUpdate),
  ],
  ['ResourceQuota', validation<InternalResourceQuota>(validateResourceQuota)],
  ['Secret', validation<InternalSecret>(validateSecret)],
  ['Service', validation<InternalService>(validateService, validateServiceUpdate)],
]);

/** `host`: what the body's status calls the pod's host. */
export function validateLegacyPodStatus(object: KubeObject, old: KubeObject, host: string): FieldError[] {
  const problems = new Problems();
  // Both were read as pods.
  validatePodStatusUpdate(problems, object as InternalPod, old as InternalPod, host);
  return problems.list;
}

/** Without an own rule for updates: the metadata, and whatever may not be created either. */
function validation<T extends KubeObject>(
  create: (problems: Problems, object: T, rules: PodRules) => void,
  update: (problems: Problems, object: T, old: T, rules: PodRules) => void = (problems, object, old) =>
    validateMetaUpdate(problems.at('metadata'), object.metadata, old.metadata),
): LegacyValidation {
  // An object inside has been decoded as its kind, so it has the shape that its interface says.
  return {
    create: (object, rules) => {
      const problems = new Problems();
      create(problems, object as T, rules);
      return problems.list;
    },
    update: (object, old, rules) => {
      const problems = new Problems();
      update(problems, object as T, old as T, rules);
      return problems.list;
    },
  };
}
