import type { ReplicationController, Volume } from '../../generated/core-v1.types';
import { deepEqual } from '../../machinery/deep-equal';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../machinery/field-error';
import { matchesLabelMap } from '../../machinery/label-selector';
import type { ResourceDefinition } from '../../machinery/resource-definition';
import { defineCoreResource, restore, statusSubresource } from './define';
import { applyPodTemplateDefaults } from './defaults/pod-defaults';
import { containerNamesAndImages } from './tables/containers';
import { AGE_COLUMN, age, column, formatLabels, NAME_COLUMN, wideColumn } from './tables/columns';
import type { PodValidationOptions } from './validation/options';
import { validatePodTemplate } from './validation/pod-template';
import { validateNonNegative } from './validation/ports';

export function defineReplicationControllers(options: PodValidationOptions): ResourceDefinition<ReplicationController> {
  return defineCoreResource<ReplicationController>({
    names: {
      plural: 'replicationcontrollers',
      singular: 'replicationcontroller',
      kind: 'ReplicationController',
      shortNames: ['rc'],
      categories: ['all'],
    },
    scope: 'Namespaced',
    selectableFields: { 'status.replicas': (controller) => String(controller.status?.replicas ?? 0) },
    subresources: [
      {
        name: 'scale',
        kind: 'Scale',
        groupVersion: { group: 'autoscaling', version: 'v1' },
        verbs: ['get', 'patch', 'update'],
      },
      statusSubresource(
        'ReplicationController',
        (controller, old) => restore(controller, old, 'spec'),
        (controller, _old, errors) => validateStatus(controller, errors),
      ),
    ],
    strategy: {
      deleteAnswers: 'object',
      defaultPropagation: 'orphan',
      updateChecks: ['metadata', 'spec', 'metadataChange', 'spec'],
      applyDefaults,
      prepareForCreate(controller) {
        controller.status = { replicas: 0 };
        controller.metadata.generation = 1;
      },
      prepareForUpdate(controller, old) {
        restore(controller, old, 'status');
        restore(controller.metadata, old.metadata, 'generation');
        if (!deepEqual(controller.spec, old.spec)) {
          controller.metadata.generation = (old.metadata.generation ?? 0) + 1;
        }
      },
      validate: (controller, errors) => validateSpec(controller, options, errors),
    },
    table: {
      columns: [
        NAME_COLUMN,
        column('Desired', 'How many pods there should be.', 'integer'),
        column('Current', 'How many pods there are.', 'integer'),
        column('Ready', 'How many pods are ready.', 'integer'),
        AGE_COLUMN,
        wideColumn('Containers', 'Names of the containers in the template.'),
        wideColumn('Images', 'Images of the containers in the template.'),
        wideColumn('Selector', 'Labels of the pods that count.'),
      ],
      cells({ metadata, spec, status }, nowMs) {
        const { names, images } = containerNamesAndImages(spec?.template?.spec);
        return [
          metadata.name ?? '',
          spec?.replicas ?? 0,
          status?.replicas ?? 0,
          status?.readyReplicas ?? 0,
          age(metadata, nowMs),
          names,
          images,
          formatLabels(spec?.selector),
        ];
      },
    },
  });
}

function applyDefaults(controller: ReplicationController): void {
  const spec = (controller.spec ??= {});
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) {
    spec.selector ??= { ...labels };
    controller.metadata.labels ??= { ...labels };
  }
  spec.replicas ??= 1;
  if (spec.template !== undefined) applyPodTemplateDefaults(spec.template);
}

function validateSpec(controller: ReplicationController, options: PodValidationOptions, errors: FieldError[]): void {
  const { minReadySeconds, selector = {}, replicas = 0, template } = controller.spec ?? {};
  validateNonNegative(minReadySeconds, 'spec.minReadySeconds', errors);
  if (Object.keys(selector).length === 0) errors.push(required('spec.selector'));
  validateNonNegative(replicas, 'spec.replicas', errors);
  const path = 'spec.template';
  if (template === undefined) {
    errors.push(required(path));
    return;
  }
  const labels = template.metadata?.labels;
  if (!matchesLabelMap(selector, labels)) {
    const shown = labels === undefined ? 'map[string]string(nil)' : undefined;
    errors.push(invalid(`${path}.metadata.labels`, labels, '`selector` does not match template `labels`', shown));
  }
  validatePodTemplate(template, path, options, errors);
  if (replicas > 1) validateReadOnlyDisks(template.spec?.volumes ?? [], `${path}.spec.volumes`, errors);
  const restartPolicy = template.spec?.restartPolicy;
  if (restartPolicy !== 'Always') {
    errors.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  }
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in ReplicationController is not Supported';
    errors.push(forbidden(`${path}.spec.activeDeadlineSeconds`, detail));
  }
}

/** Several pods can only share a disk that none of them writes to. */
function validateReadOnlyDisks(volumes: readonly Volume[], path: string, errors: FieldError[]): void {
  for (const [index, { gcePersistentDisk }] of volumes.entries()) {
    if (gcePersistentDisk === undefined || gcePersistentDisk.readOnly === true) continue;
    const detail =
      'must be true for replicated pods > 1; GCE PD can only be mounted on multiple machines if it is read-only';
    errors.push(invalid(`${path}[${index}].gcePersistentDisk.readOnly`, false, detail));
  }
}

function validateStatus({ status }: ReplicationController, errors: FieldError[]): void {
  const {
    replicas = 0,
    fullyLabeledReplicas = 0,
    readyReplicas = 0,
    availableReplicas = 0,
    observedGeneration = 0,
  } = status ?? {};
  validateNonNegative(replicas, 'status.replicas', errors);
  validateNonNegative(fullyLabeledReplicas, 'status.fullyLabeledReplicas', errors);
  validateNonNegative(readyReplicas, 'status.readyReplicas', errors);
  validateNonNegative(availableReplicas, 'status.availableReplicas', errors);
  validateNonNegative(observedGeneration, 'status.observedGeneration', errors);
  const detail = 'cannot be greater than status.replicas';
  if (fullyLabeledReplicas > replicas) {
    errors.push(invalid('status.fullyLabeledReplicas', fullyLabeledReplicas, detail));
  }
  if (readyReplicas > replicas) errors.push(invalid('status.readyReplicas', readyReplicas, detail));
  if (availableReplicas > replicas) errors.push(invalid('status.availableReplicas', availableReplicas, detail));
  if (availableReplicas > readyReplicas) {
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  }
}
