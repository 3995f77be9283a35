import type { PodTemplateSpec } from '../../../generated/core-v1.types';
import { forbidden, type FieldError } from '../../../machinery/field-error';
import { validateAnnotations, validateLabels } from '../../../machinery/object-meta-validation';
import { validatePodAnnotations } from './pod-annotations';
import type { PodValidationOptions } from './options';
import { validatePodSpec } from './pod-spec';

export function validatePodTemplate(
  template: PodTemplateSpec,
  path: string,
  options: PodValidationOptions,
  errors: FieldError[],
): void {
  const { metadata, spec = { containers: [] } } = template;
  // Upstream's paths leave out the metadata.
  validateLabels(metadata?.labels, `${path}.labels`, errors);
  validateAnnotations(metadata?.annotations, `${path}.annotations`, errors);
  validatePodAnnotations(metadata?.annotations, spec, `${path}.annotations`, errors);
  validatePodSpec(spec, undefined, `${path}.spec`, options, errors);
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'));
  }
}
