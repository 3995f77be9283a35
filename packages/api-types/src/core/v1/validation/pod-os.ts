import type { Container, PodSpec } from '../../../generated/core-v1.types';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import type { PodValidationOptions } from './options';

/** What depends on the system that a pod runs on. */

const SYSTEMS: readonly string[] = ['linux', 'windows'];
const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;
const LINUX_POD_MEMBERS: readonly string[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
];
const LINUX_CONTAINER_MEMBERS: readonly string[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

/** Processes of the host: all containers of a pod are such, or none, and the pod has the host's network. */
export function validateHostProcess(
  spec: PodSpec,
  options: PodValidationOptions,
  path: FieldPath,
  errors: FieldError[],
): void {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  let hostProcesses = 0;
  let others = 0;
  for (const list of CONTAINER_LISTS) {
    for (const [index, container] of ((spec[list] ?? []) as readonly Container[]).entries()) {
      const own = container.securityContext?.windowsOptions?.hostProcess;
      if (ofPod !== undefined && own !== undefined && own !== ofPod) {
        const at = child(element(child(path, list), index), 'securityContext.windowsOptions.hostProcess');
        errors.push(invalid(at, own, `pod hostProcess value must be identical if both are specified, was ${ofPod}`));
      }
      if (own ?? ofPod ?? false) hostProcesses += 1;
      else others += 1;
    }
  }
  if (hostProcesses === 0) return;
  if (others > 0) {
    const detail = 'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(invalid(path, '', detail));
  }
  if (spec.hostNetwork !== true) {
    const detail = 'hostNetwork must be true if pod contains any hostProcess containers';
    errors.push(invalid(child(path, 'hostNetwork'), false, detail));
  }
  if (!options.allowPrivileged) {
    errors.push(forbidden(path, 'hostProcess containers are disallowed by cluster policy'));
  }
}

/** What a pod for one system says that only the other one understands. */
export function validateOs(spec: PodSpec, path: FieldPath, errors: FieldError[]): void {
  const name = (spec.os as { name?: string } | undefined)?.name ?? '';
  if (name === '') errors.push(required(child(path, 'os.name')));
  else if (name === 'linux')
    refuseMembers(
      spec,
      ['windowsOptions'],
      ['windowsOptions'],
      'windows options cannot be set for a linux pod',
      path,
      errors,
    );
  else if (name === 'windows') {
    for (const member of ['hostUsers', 'hostPID', 'hostIPC', 'shareProcessNamespace'] as const) {
      if (spec[member] !== undefined) errors.push(forbidden(child(path, member), 'cannot be set for a windows pod'));
    }
    refuseMembers(spec, LINUX_POD_MEMBERS, LINUX_CONTAINER_MEMBERS, 'cannot be set for a windows pod', path, errors);
  } else errors.push(notSupported(child(path, 'os'), name, SYSTEMS));
}

function refuseMembers(
  spec: PodSpec,
  ofPod: readonly string[],
  ofContainers: readonly string[],
  detail: string,
  path: FieldPath,
  errors: FieldError[],
): void {
  const refuse = (context: object | undefined, members: readonly string[], at: FieldPath): void => {
    if (context === undefined) return;
    for (const member of members) if (member in context) errors.push(forbidden(child(at, member), detail));
  };
  refuse(spec.securityContext, ofPod, child(path, 'securityContext'));
  for (const list of CONTAINER_LISTS) {
    for (const [index, { securityContext }] of (spec[list] ?? []).entries()) {
      refuse(securityContext, ofContainers, child(element(child(path, list), index), 'securityContext'));
    }
  }
}
