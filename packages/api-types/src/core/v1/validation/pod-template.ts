import type { PodTemplateSpec } from '../../../generated/core-v1.types';
import { forbidden, type FieldError } from '../../../machinery/field-error';
import { checkTwice, child, type FieldPath } from '../../../machinery/field-path';
import { validateAnnotations, validateLabels } from '../../../machinery/object-meta-validation';
import { validatePodAnnotations, validateSeccompAgreement } from './pod-annotations';
import type { PodValidationOptions } from './options';
import { validatePodSpec } from './pod-spec';

export function validatePodTemplate(
  template: PodTemplateSpec,
  path: string,
  options: PodValidationOptions,
  errors: FieldError[],
): void {
  checkTwice(path, errors, (at, found) => validateParts(template, at, options, found));
}

function validateParts(
  template: PodTemplateSpec,
  path: FieldPath,
  options: PodValidationOptions,
  errors: FieldError[],
): void {
  const { metadata, spec = { containers: [] } } = template;
  // Upstream's paths leave out the metadata.
  validateLabels(metadata?.labels, child(path, 'labels'), errors);
  validateAnnotations(metadata?.annotations, child(path, 'annotations'), errors);
  validatePodAnnotations(metadata?.annotations, spec, child(path, 'annotations'), errors);
  validatePodSpec(spec, undefined, child(path, 'spec'), options, errors);
  validateSeccompAgreement(metadata?.annotations, spec, child(path, 'spec'), errors);
  if ((spec.ephemeralContainers ?? []).length > 0) {
    const at = child(path, 'spec.ephemeralContainers');
    errors.push(forbidden(at, 'ephemeral containers not allowed in pod template'));
  }
}
