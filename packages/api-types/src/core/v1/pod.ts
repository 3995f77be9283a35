import type { Pod, PodSpec } from '../../generated/core-v1.types';
import { forbidden, type FieldError } from '../../machinery/field-error';
import { checkTwice, child, type FieldPath } from '../../machinery/field-path';
import type { ResourceDefinition, SubresourceDefinition } from '../../machinery/resource-definition';
import { defineCoreResource, restore, statusSubresource } from './define';
import { applyPodDefaults } from './defaults/pod-defaults';
import { podQosClass } from './pod-qos';
import { POD_TABLE } from './tables/pod-table';
import { validateImageSpaces } from './validation/containers';
import type { PodValidationOptions } from './validation/options';
import { validatePodAnnotations, validateSeccompAgreement } from './validation/pod-annotations';
import { validatePodSpec } from './validation/pod-spec';
import { validatePodStatusUpdate } from './validation/pod-status-update';
import { validatePodUpdate } from './validation/pod-update';

const SUBRESOURCES: readonly SubresourceDefinition<Pod>[] = [
  { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  { name: 'binding', kind: 'Binding', verbs: ['create'] },
  {
    name: 'eviction',
    kind: 'Eviction',
    groupVersion: { group: 'policy', version: 'v1beta1' },
    verbs: ['create'],
  },
  { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  { name: 'proxy', kind: 'PodProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  statusSubresource(
    'Pod',
    (pod, old) => {
      restore(pod, old, 'spec');
      // Owners are not the kubelet's business.
      restore(pod.metadata, old.metadata, 'ownerReferences');
    },
    validatePodStatusUpdate,
  ),
];

export function definePods(options: PodValidationOptions): ResourceDefinition<Pod> {
  return defineCoreResource<Pod>({
    names: { plural: 'pods', singular: 'pod', kind: 'Pod', shortNames: ['po'], categories: ['all'] },
    scope: 'Namespaced',
    selectableFields: {
      'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
      'spec.restartPolicy': ({ spec }) => spec?.restartPolicy ?? '',
      'spec.schedulerName': ({ spec }) => spec?.schedulerName ?? '',
      'spec.serviceAccountName': ({ spec }) => spec?.serviceAccountName ?? '',
      'status.phase': ({ status }) => status?.phase ?? '',
      'status.podIP': ({ status }) => status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
      // Known, and the same for all.
      'status.podIPs': () => '',
      'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
    },
    subresources: SUBRESOURCES,
    strategy: {
      deleteAnswers: 'object',
      applyDefaults: applyPodDefaults,
      prepareForCreate(pod) {
        pod.status = { phase: 'Pending', qosClass: podQosClass(pod.spec) };
      },
      prepareForUpdate: (pod, old) => restore(pod, old, 'status'),
      gracePeriodSeconds,
      updateChecks: ['metadata', 'spec', 'metadataChange', 'change'],
      validate: (pod, errors) => checkTwice('spec', errors, (path, found) => validatePod(pod, path, options, found)),
      validateCreation,
      validateUpdate: validatePodUpdate,
    },
    table: POD_TABLE,
  });
}

/** @param path of the spec */
function validatePod(pod: Pod, path: FieldPath, options: PodValidationOptions, errors: FieldError[]): void {
  const spec = pod.spec ?? { containers: [] };
  validatePodAnnotations(pod.metadata.annotations, spec, 'metadata.annotations', errors);
  validatePodSpec(spec, pod.metadata.name, path, options, errors);
  if ((spec.serviceAccountName ?? '') === '') refuseTokenVolumes(spec, errors);
  validateImageSpaces(spec.containers ?? [], child(path, 'containers'), errors);
  if (spec.initContainers !== undefined) {
    validateImageSpaces(spec.initContainers, child(path, 'initContainers'), errors);
  }
}

function validateCreation(pod: Pod, errors: FieldError[]): void {
  const spec = pod.spec ?? { containers: [] };
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if ((spec.nodeName ?? '') !== '' && (spec.schedulingGates ?? []).length > 0) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  validateSeccompAgreement(pod.metadata.annotations, spec, 'spec', errors);
}

/** There is no token without an account. */
function refuseTokenVolumes({ volumes }: PodSpec, errors: FieldError[]): void {
  if (volumes === undefined) return;
  for (const [index, { projected }] of volumes.entries()) {
    for (const [at, { serviceAccountToken }] of (projected?.sources ?? []).entries()) {
      if (serviceAccountToken === undefined) continue;
      const path = `spec.volumes[${index}].projected.sources[${at}].serviceAccountToken`;
      errors.push(forbidden(path, 'must not be specified when serviceAccountName is not set'));
    }
  }
}

/** A pod that runs nowhere, or runs no more, need not be waited for. */
function gracePeriodSeconds(pod: Pod, requested: number | undefined): number {
  const phase = pod.status?.phase;
  if ((pod.spec?.nodeName ?? '') === '' || phase === 'Failed' || phase === 'Succeeded') return 0;
  const seconds = requested ?? pod.spec?.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}
