import type { Container, Pod, PodSpec, Toleration } from '../../../generated/core-v1.types';
import { deepEqual } from '../../../machinery/deep-equal';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { validateRange } from './helpers';
import { validateImageSpace } from './containers';
import { validateGatedPlacement, withPlacementOf } from './pod-gates';
import { validatePodAnnotationUpdate } from './pod-annotations';
import { validateTolerations } from './tolerations';

const MAX_INT32 = 2 ** 31 - 1;
const UNCHANGEABLE_TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)\n';

/**
 * A pod's spec is fixed but for images, a shorter deadline, more tolerations and fewer scheduling gates; while gates hold
 * it up, it may also be told more exactly where to run.
 */
export function validatePodUpdate(pod: Pod, old: Pod, errors: FieldError[]): void {
  const spec = pod.spec ?? { containers: [] };
  const oldSpec = old.spec ?? { containers: [] };
  validatePodAnnotationUpdate(pod.metadata.annotations, old.metadata.annotations, spec, 'metadata.annotations', errors);
  if (!validateImages(spec.containers, oldSpec.containers, 'spec.containers', errors)) return;
  if (!validateImages(spec.initContainers, oldSpec.initContainers, 'spec.initContainers', errors)) return;
  if (!validateDeadline(spec, oldSpec, errors)) return;
  validateAddedTolerations(spec.tolerations ?? [], oldSpec.tolerations ?? [], errors);
  validateRemovedGates(spec, oldSpec, errors);
  if (deepEqual(spec, oldSpec)) return;
  const isGated = (oldSpec.schedulingGates ?? []).length > 0;
  if (isGated) validateGatedPlacement(spec, oldSpec, errors);
  const fixed = withFreeFieldsOf(spec, oldSpec);
  const change = firstChange(isGated ? withPlacementOf(fixed, oldSpec) : fixed, oldSpec);
  if (change !== undefined) errors.push(forbidden('spec', `${UNCHANGEABLE_TEXT}changed: ${change}\n`));
}

/** @returns whether it makes sense to go on */
function validateImages(
  containers: readonly Container[] = [],
  oldContainers: readonly Container[] = [],
  path: string,
  errors: FieldError[],
): boolean {
  if (containers.length !== oldContainers.length) {
    errors.push(forbidden(path, 'pod updates may not add or remove containers'));
    return false;
  }
  for (const [index, { image = '' }] of containers.entries()) {
    if (image === '') errors.push(required(`${path}[${index}].image`));
    validateImageSpace(image, `${path}[${index}]`, errors);
  }
  return true;
}

/** @returns whether it makes sense to go on */
function validateDeadline(spec: PodSpec, oldSpec: PodSpec, errors: FieldError[]): boolean {
  const { activeDeadlineSeconds: deadline } = spec;
  const { activeDeadlineSeconds: oldDeadline } = oldSpec;
  const field = 'spec.activeDeadlineSeconds';
  if (deadline === undefined) {
    if (oldDeadline !== undefined) {
      errors.push(invalid(field, undefined, 'must not update from a positive integer to nil value'));
    }
    return true;
  }
  const before = errors.length;
  validateRange(deadline, 0, MAX_INT32, field, errors);
  if (errors.length === before && oldDeadline !== undefined && oldDeadline < deadline) {
    errors.push(invalid(field, deadline, 'must be less than or equal to previous value'));
  }
  return errors.length === before;
}

function validateAddedTolerations(
  tolerations: readonly Toleration[],
  oldTolerations: readonly Toleration[],
  errors: FieldError[],
): void {
  const path = 'spec.tolerations';
  const withoutTime = (toleration: Toleration): Toleration => {
    const rest = { ...toleration };
    delete rest.tolerationSeconds;
    return rest;
  };
  const present = tolerations.map(withoutTime);
  const isKept = (old: Toleration): boolean => present.some((toleration) => deepEqual(toleration, withoutTime(old)));
  if (!oldTolerations.every(isKept)) {
    errors.push(forbidden(path, 'existing toleration can not be modified except its tolerationSeconds'));
  } else validateTolerations(tolerations, path, errors);
}

function validateRemovedGates(spec: PodSpec, oldSpec: PodSpec, errors: FieldError[]): void {
  const known = new Set((oldSpec.schedulingGates ?? []).map(({ name }) => name));
  for (const [index, { name }] of (spec.schedulingGates ?? []).entries()) {
    if (known.has(name)) continue;
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(forbidden(`spec.schedulingGates[${index}].name`, detail));
  }
}

/** The new spec with the old values of what may change. */
function withFreeFieldsOf(spec: PodSpec, old: PodSpec): PodSpec {
  const withOldImages = (
    containers: readonly Container[] = [],
    oldContainers: readonly Container[] = [],
  ): Container[] => containers.map((container, index) => ({ ...container, image: oldContainers[index]?.image ?? '' }));
  const result: PodSpec = {
    ...spec,
    containers: withOldImages(spec.containers, old.containers),
    initContainers: withOldImages(spec.initContainers, old.initContainers),
    tolerations: old.tolerations ?? [],
    schedulingGates: old.schedulingGates ?? [],
  };
  delete result.activeDeadlineSeconds;
  if (old.activeDeadlineSeconds !== undefined) result.activeDeadlineSeconds = old.activeDeadlineSeconds;
  // A time that never ends may be mended to the shortest one.
  const { terminationGracePeriodSeconds: oldGrace = 0 } = old;
  if (oldGrace < 0 && spec.terminationGracePeriodSeconds === 1) result.terminationGracePeriodSeconds = oldGrace;
  return result;
}

/** Path of the first field that differs, for people. */
function firstChange(spec: PodSpec, old: PodSpec): string | undefined {
  const names = new Set([...Object.keys(spec), ...Object.keys(old)]) as Set<keyof PodSpec>;
  const changed = [...names].filter((name) => !isSame(spec[name], old[name]));
  return changed.length === 0 ? undefined : changed.map((name) => `spec.${name}`).join(', ');
}

/** No list is as good as an empty one. */
function isSame(value: unknown, old: unknown): boolean {
  return deepEqual(isEmptyList(value) ? undefined : value, isEmptyList(old) ? undefined : old);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
