import type { Container, EphemeralContainer, PodSpec } from '../../../generated/core-v1.types';
import { duplicate, forbidden, notFound, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { dnsLabelProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateContainer, validateImageSpace } from './containers';
import type { PodContext } from './pod-context';

/** What a container that is there to look around in a pod cannot have. */
const REFUSED_MEMBERS = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const satisfies readonly (keyof EphemeralContainer)[];
const REFUSED_TEXT = 'cannot be set for an Ephemeral Container';

export function validateEphemeralContainers(
  containers: readonly EphemeralContainer[],
  spec: PodSpec,
  pod: PodContext,
  path: FieldPath,
  errors: FieldError[],
): void {
  const others = new Set(
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name = '' }: Partial<Container>) => name),
  );
  const names = new Set(others);
  for (const [index, container] of containers.entries()) {
    const at = element(path, index);
    const { name = '', image = '', targetContainerName: target = '' } = container as Partial<EphemeralContainer>;
    if (name === '') errors.push(required(child(at, 'name')));
    else pushInvalid(errors, child(at, 'name'), name, dnsLabelProblems(name));
    // Ephemeral containers have the members of containers.
    validateContainer(container, pod, at, errors);
    validateImageSpace(image, at, errors);
    if (names.has(name)) errors.push(duplicate(child(at, 'name'), name));
    names.add(name);
    if (target !== '' && !others.has(target)) errors.push(notFound(child(at, 'targetContainerName'), target));
    for (const member of REFUSED_MEMBERS) {
      if (isSet(container[member])) errors.push(forbidden(child(at, member), REFUSED_TEXT));
    }
    for (const [position, mount] of (container.volumeMounts ?? []).entries()) {
      for (const member of ['subPath', 'subPathExpr'] as const) {
        if (mount[member] === undefined) continue;
        const place = element(child(at, 'volumeMounts'), position);
        errors.push(forbidden(child(place, member), REFUSED_TEXT));
      }
    }
  }
}

/** Go's struct without members is as if it were not there. */
function isSet(member: EphemeralContainer[(typeof REFUSED_MEMBERS)[number]]): boolean {
  return member !== undefined && (typeof member !== 'object' || Object.keys(member).length > 0);
}
