import type { PodSpec } from '../../../generated/core-v1.types';
import { invalid, type FieldError } from '../../../machinery/field-error';

const MIRROR = 'kubernetes.io/config.mirror';
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';

/** Annotations that mean something to the kubelet. */
export function validatePodAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  spec: PodSpec,
  path: string,
  errors: FieldError[],
): void {
  if (annotations === undefined) return;
  const mirror = annotations[MIRROR];
  if (mirror !== undefined && (spec.nodeName ?? '') === '') {
    errors.push(invalid(`${path}[${MIRROR}]`, mirror, 'must set spec.nodeName if mirror pod annotation is set'));
  }
  for (const [key, value] of Object.entries(annotations)) {
    if (key !== SECCOMP_POD && !key.startsWith(SECCOMP_CONTAINER)) continue;
    if (!isSeccompProfile(value)) errors.push(invalid(`${path}[${key}]`, value, 'must be a valid seccomp profile'));
  }
}

function isSeccompProfile(profile: string): boolean {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return true;
  return profile.startsWith('localhost/') && !profile.split('/').includes('..');
}
