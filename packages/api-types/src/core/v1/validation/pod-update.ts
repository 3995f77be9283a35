import type {
  Container,
  ContainerStatus,
  Pod,
  PodCondition,
  PodSpec,
  Toleration,
} from '../../../generated/core-v1.types';
import { deepEqual } from '../../../machinery/deep-equal';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { dnsSubdomainProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateRange } from './helpers';
import { ipFamily, ipProblems } from './ip';
import { validateTolerations } from './scheduling';

const MAX_INT32 = 2 ** 31 - 1;
const SYSTEM_CONDITIONS: readonly string[] = ['PodScheduled', 'Ready', 'Initialized'];
const UNCHANGEABLE_TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)\n';

/** A pod's spec is fixed but for images, a shorter deadline and more tolerations. */
export function validatePodSpecUpdate(pod: Pod, old: Pod, errors: FieldError[]): void {
  const spec = pod.spec ?? { containers: [] };
  const oldSpec = old.spec ?? { containers: [] };
  if (!validateImages(spec.containers, oldSpec.containers, 'spec.containers', errors)) return;
  if (!validateImages(spec.initContainers, oldSpec.initContainers, 'spec.initContainers', errors)) return;
  if (!validateDeadline(spec, oldSpec, errors)) return;
  validateAddedTolerations(spec.tolerations ?? [], oldSpec.tolerations ?? [], errors);
  const change = firstChange(withFreeFieldsOf(spec, oldSpec), oldSpec);
  if (change !== undefined) errors.push(forbidden('spec', `${UNCHANGEABLE_TEXT}changed: ${change}\n`));
}

/** What a write of a pod's status may not do. */
export function validatePodStatusUpdate(pod: Pod, old: Pod, errors: FieldError[]): void {
  const { status = {} } = pod;
  validateConditions(status.conditions ?? [], errors);
  const nominated = status.nominatedNodeName ?? '';
  if (nominated !== '' && nominated !== old.status?.nominatedNodeName) {
    pushInvalid(errors, 'status.nominatedNodeName', nominated, dnsSubdomainProblems(nominated));
  }
  for (const list of ['containerStatuses', 'initContainerStatuses'] as const) {
    validateTransitions(
      status[list] ?? [],
      old.status?.[list] ?? [],
      old.spec?.restartPolicy,
      `status.${list}`,
      errors,
    );
  }
  const ipErrors = podIPErrors(pod);
  if (ipErrors.length > 0 && podIPErrors(old).length === 0) errors.push(...ipErrors);
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
    const field = `${path}[${index}].image`;
    if (image === '') errors.push(required(field));
    if (image !== image.trim()) errors.push(invalid(field, image, 'must not have leading or trailing whitespace'));
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
      errors.push(invalid(field, null, 'must not update from a positive integer to nil value'));
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
  };
  delete result.activeDeadlineSeconds;
  return old.activeDeadlineSeconds === undefined
    ? result
    : { ...result, activeDeadlineSeconds: old.activeDeadlineSeconds };
}

/** Path of the first field that differs, for people. */
function firstChange(spec: PodSpec, old: PodSpec): string | undefined {
  const names = new Set([...Object.keys(spec), ...Object.keys(old)]) as Set<keyof PodSpec>;
  const changed = [...names].filter((name) => !deepEqual(spec[name], old[name]));
  return changed.length === 0 ? undefined : changed.map((name) => `spec.${name}`).join(', ');
}

function validateConditions(conditions: readonly PodCondition[], errors: FieldError[]): void {
  for (const [index, { type = '' }] of conditions.entries() as IterableIterator<[number, Partial<PodCondition>]>) {
    if (SYSTEM_CONDITIONS.includes(type)) continue;
    pushInvalid(errors, `metadata.conditions[${index}].Type`, type, qualifiedNameProblems(type));
  }
}

/** A container that has ended for good stays ended. */
function validateTransitions(
  statuses: readonly ContainerStatus[],
  oldStatuses: readonly ContainerStatus[],
  restartPolicy: string | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (restartPolicy === 'Always') return;
  for (const [index, old] of oldStatuses.entries()) {
    const end = old.state?.terminated;
    if (end === undefined || (end.exitCode !== 0 && restartPolicy === 'OnFailure')) continue;
    for (const status of statuses) {
      if (status.name === old.name && status.state?.terminated === undefined) {
        errors.push(forbidden(`${path}[${index}].state`, 'may not be transitioned to non-terminated state'));
      }
    }
  }
}

function podIPErrors({ status }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const ips = (status?.podIPs ?? []).map(({ ip }) => ip ?? '');
  for (const [index, ip] of ips.entries()) pushInvalid(errors, `status.podIPs[${index}]`, ip, ipProblems(ip));
  if (ips.length < 2) return errors;
  if (ips.length > 2 || new Set(ips.map(ipFamily)).size !== 2) {
    errors.push(invalid('status.podIPs', status?.podIPs, 'may specify no more than one IP for each IP family'));
  }
  for (const [index, ip] of ips.entries()) {
    if (ips.indexOf(ip) < index) errors.push(duplicate(`status.podIPs[${index}]`, { ip }));
  }
  return errors;
}
