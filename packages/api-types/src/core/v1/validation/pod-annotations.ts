import type { Container, PodSpec, SeccompProfile } from '../../../generated/core-v1.types';
import { forbidden, invalid, type FieldError } from '../../../machinery/field-error';
import { child, element, keyed, type FieldPath } from '../../../machinery/field-path';
import { validateDescendingPath } from './helpers';

type Annotations = Readonly<Record<string, string>> | undefined;

const MIRROR = 'kubernetes.io/config.mirror';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const LOCALHOST = 'localhost/';
const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Annotations that mean something to the kubelet. */
export function validatePodAnnotations(
  annotations: Annotations,
  spec: PodSpec,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (annotations === undefined) return;
  const mirror = annotations[MIRROR];
  if (mirror !== undefined && (spec.nodeName ?? '') === '') {
    errors.push(invalid(keyed(path, MIRROR), mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  }
  const cost = annotations[DELETION_COST];
  if (cost !== undefined && !isDeletionCost(cost)) {
    errors.push(invalid(keyed(path, DELETION_COST), cost, 'must be a 32bit integer'));
  }
  const ofPod = annotations[SECCOMP_POD];
  if (ofPod !== undefined) validateSeccomp(ofPod, child(path, SECCOMP_POD), errors);
  for (const name in annotations) {
    const value = annotations[name] ?? '';
    if (name.startsWith(SECCOMP_CONTAINER)) validateSeccomp(value, child(path, name), errors);
    else if (name.startsWith(APP_ARMOR)) validateAppArmor(name, value, spec, path, errors);
  }
}

/** What may be done to such annotations once a pod is there, besides what they may say. */
export function validatePodAnnotationUpdate(
  annotations: Annotations,
  old: Annotations,
  spec: PodSpec,
  path: FieldPath,
  errors: FieldError[],
): void {
  for (const [name, value] of Object.entries(old ?? {})) {
    if (annotations?.[name] === value) continue;
    if (name.startsWith(APP_ARMOR)) {
      errors.push(forbidden(keyed(path, name), 'may not remove or update AppArmor annotations'));
    }
    if (name === MIRROR) errors.push(forbidden(keyed(path, name), 'may not remove or update mirror pod annotation'));
  }
  for (const name of Object.keys(annotations ?? {})) {
    if (old !== undefined && Object.hasOwn(old, name)) continue;
    if (name.startsWith(APP_ARMOR)) errors.push(forbidden(keyed(path, name), 'may not add AppArmor annotations'));
    if (name === MIRROR) errors.push(forbidden(keyed(path, name), 'may not add mirror pod annotation'));
  }
  validatePodAnnotations(annotations, spec, path, errors);
}

/** Where both the annotation and the field say how a container is confined, they must say the same. */
export function validateSeccompAgreement(
  annotations: Annotations,
  spec: PodSpec,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (annotations === undefined) return;
  const compare = (name: string, profile: SeccompProfile, at: FieldPath): void => {
    const said = annotations[name];
    if (said === undefined) return;
    const field = differingField(said, profile);
    if (field === undefined) return;
    const what = field === 'type' ? 'type' : 'profile';
    const detail = `seccomp ${what} in annotation and field must match`;
    errors.push(forbidden(child(child(at, 'securityContext.seccompProfile'), field), detail));
  };
  const ofPod = spec.securityContext?.seccompProfile;
  if (ofPod !== undefined) compare(SECCOMP_POD, ofPod, path);
  for (const list of CONTAINER_LISTS) {
    for (const [index, { name, securityContext }] of ((spec[list] ?? []) as readonly Container[]).entries()) {
      const profile = securityContext?.seccompProfile;
      if (profile !== undefined) compare(SECCOMP_CONTAINER + name, profile, element(child(path, list), index));
    }
  }
}

function differingField(said: string, profile: SeccompProfile): 'type' | 'localhostProfile' | undefined {
  switch (profile.type) {
    case 'Unconfined':
      return said === 'unconfined' ? undefined : 'type';
    case 'RuntimeDefault':
      return said === 'runtime/default' || said === 'docker/default' ? undefined : 'type';
    case 'Localhost':
      if (!said.startsWith(LOCALHOST)) return 'type';
      return said.slice(LOCALHOST.length) === profile.localhostProfile ? undefined : 'localhostProfile';
    default:
      return undefined;
  }
}

function validateSeccomp(profile: string, path: FieldPath, errors: FieldError[]): void {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return;
  if (profile.startsWith(LOCALHOST)) validateDescendingPath(profile.slice(LOCALHOST.length), path, errors);
  else errors.push(invalid(path, profile, 'must be a valid seccomp profile'));
}

function validateAppArmor(name: string, profile: string, spec: PodSpec, path: FieldPath, errors: FieldError[]): void {
  const container = name.slice(APP_ARMOR.length);
  if (!CONTAINER_LISTS.some((list) => spec[list]?.some((one) => one.name === container) === true)) {
    errors.push(invalid(keyed(path, name), container, 'container not found'));
  }
  if (profile === '' || profile === 'runtime/default' || profile === 'unconfined') return;
  if (!profile.startsWith(LOCALHOST)) {
    const detail = `invalid AppArmor profile name: ${JSON.stringify(profile)}`;
    errors.push(invalid(keyed(path, name), profile, detail));
  }
}

/** As Go reads an `int32`, and without a sign that says nothing. */
function isDeletionCost(text: string): boolean {
  return /^(?:-?[1-9]\d*|0)$/.test(text) && Math.abs(Number(text)) <= 2 ** 31 - (text.startsWith('-') ? 0 : 1);
}
