import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
  Sysctl,
} from '../../../generated/core-v1.types';
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
  type FieldError,
} from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { validateDescendingPath, validateId, validateOneOf } from './helpers';
import type { PodContext } from './pod-context';
import { validateWindowsOptions } from './windows-options';

const PROFILE_TYPES: readonly string[] = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const FS_GROUP_POLICIES: readonly string[] = ['Always', 'OnRootMismatch'];
const GROUPS_POLICIES: readonly string[] = ['Merge', 'Strict'];
const SELINUX_POLICIES: readonly string[] = ['MountOption', 'Recursive'];
const PROC_MOUNTS: readonly string[] = ['Default', 'Unmasked'];
const MAX_SYSCTL = 253;
const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
/** As release 1.20 words it; slashes for dots are newer. */
const SYSCTL_FORMAT = `(${SYSCTL_SEGMENT}\\.)*${SYSCTL_SEGMENT}`;
const SYSCTL = new RegExp(`^(${SYSCTL_SEGMENT}[./])*${SYSCTL_SEGMENT}$`);
const MAX_PROFILE_PATH = 4095;
/** What the kernel keeps once for each namespace of a kind. */
const NAMESPACED_SYSCTLS = {
  net: /^net[./]/,
  ipc: /^(?:kernel[./](?:shm|msg|sem)|fs[./]mqueue[./])/,
};

export function validatePodSecurityContext(spec: PodSpec, specPath: FieldPath, errors: FieldError[]): void {
  if (spec.hostNetwork === true) validateHostNetworkPorts(spec, specPath, errors);
  const context = spec.securityContext;
  if (context === undefined) return;
  const path = child(specPath, 'securityContext');
  validateId(context.fsGroup, child(path, 'fsGroup'), errors);
  validateId(context.runAsUser, child(path, 'runAsUser'), errors);
  validateId(context.runAsGroup, child(path, 'runAsGroup'), errors);
  for (const [index, group] of (context.supplementalGroups ?? []).entries()) {
    validateId(group, element(child(path, 'supplementalGroups'), index), errors);
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(child(path, 'shareProcessNamespace'), true, detail));
  }
  if (context.sysctls !== undefined) validateSysctls(context.sysctls, spec, child(path, 'sysctls'), errors);
  validatePolicy(context, 'fsGroupChangePolicy', FS_GROUP_POLICIES, path, errors);
  if (context.seccompProfile !== undefined) {
    validateSeccomp(context.seccompProfile, child(path, 'seccompProfile'), errors);
  }
  if (context.windowsOptions !== undefined) {
    validateWindowsOptions(context.windowsOptions, child(path, 'windowsOptions'), errors);
  }
  if (context.appArmorProfile !== undefined) {
    validateAppArmor(context.appArmorProfile, child(path, 'appArmorProfile'), errors);
  }
  validatePolicy(context, 'supplementalGroupsPolicy', GROUPS_POLICIES, path, errors);
  validatePolicy(context, 'seLinuxChangePolicy', SELINUX_POLICIES, path, errors);
}

export function validateSecurityContext(
  context: SecurityContext,
  { options, hostUsers }: PodContext,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { procMount, seccompProfile, windowsOptions, appArmorProfile } = context;
  if (context.privileged === true && !options.allowPrivileged) {
    errors.push(forbidden(child(path, 'privileged'), 'disallowed by cluster policy'));
  }
  validateId(context.runAsUser, child(path, 'runAsUser'), errors);
  validateId(context.runAsGroup, child(path, 'runAsGroup'), errors);
  if (procMount !== undefined) {
    validateOneOf(procMount, PROC_MOUNTS, child(path, 'procMount'), errors);
    if (hostUsers && procMount === 'Unmasked') {
      errors.push(invalid(child(path, 'procMount'), procMount, '`hostUsers` must be false to use `Unmasked`'));
    }
  }
  if (seccompProfile !== undefined) validateSeccomp(seccompProfile, child(path, 'seccompProfile'), errors);
  if (context.allowPrivilegeEscalation === false) {
    const contradiction = 'cannot set `allowPrivilegeEscalation` to false and';
    if (context.privileged === true) errors.push(invalid(path, context, `${contradiction} \`privileged\` to true`));
    for (const capability of context.capabilities?.add ?? []) {
      if (capability !== 'CAP_SYS_ADMIN') continue;
      errors.push(invalid(path, context, `${contradiction} \`capabilities.Add\` CAP_SYS_ADMIN`));
    }
  }
  if (windowsOptions !== undefined) validateWindowsOptions(windowsOptions, child(path, 'windowsOptions'), errors);
  if (appArmorProfile !== undefined) validateAppArmor(appArmorProfile, child(path, 'appArmorProfile'), errors);
}

/** With the host's network there is no other port than the host's. */
function validateHostNetworkPorts(spec: PodSpec, specPath: FieldPath, errors: FieldError[]): void {
  for (const [index, { ports = [] }] of (spec.containers ?? []).entries()) {
    for (const [position, { hostPort = 0, containerPort = 0 }] of ports.entries()) {
      if (hostPort === containerPort) continue;
      const at = element(child(element(child(specPath, 'containers'), index), 'ports'), position);
      const detail = 'must match `hostPort` when `hostNetwork` is true';
      errors.push(invalid(child(at, 'containerPort'), containerPort, detail));
    }
  }
}

function validatePolicy(
  context: PodSecurityContext,
  field: 'fsGroupChangePolicy' | 'supplementalGroupsPolicy' | 'seLinuxChangePolicy',
  supported: readonly string[],
  path: FieldPath,
  errors: FieldError[],
): void {
  const policy = context[field];
  if (policy !== undefined) validateOneOf(policy, supported, child(path, field), errors);
}

function validateSysctls(sysctls: readonly Sysctl[], spec: PodSpec, path: FieldPath, errors: FieldError[]): void {
  const names = new Set<string>();
  for (const [index, { name = '' }] of (sysctls as readonly Partial<Sysctl>[]).entries()) {
    const field = child(element(path, index), 'name');
    if (name === '') errors.push(required(field));
    else if (name.length > MAX_SYSCTL || !SYSCTL.test(name)) {
      errors.push(invalid(field, name, `must have at most ${MAX_SYSCTL} characters and match regex ${SYSCTL_FORMAT}`));
    } else if (names.has(name)) errors.push(duplicate(field, name));
    if (spec.hostNetwork === true && NAMESPACED_SYSCTLS.net.test(name)) {
      errors.push(invalid(field, name, "may not be specified when 'hostNetwork' is true"));
    } else if (spec.hostIPC === true && NAMESPACED_SYSCTLS.ipc.test(name)) {
      errors.push(invalid(field, name, "may not be specified when 'hostIPC' is true"));
    }
    names.add(name);
  }
}

function validateSeccomp(profile: Partial<SeccompProfile>, path: FieldPath, errors: FieldError[]): void {
  const { type = '', localhostProfile } = profile;
  if (type === '') errors.push(required(child(path, 'type'), 'type is required when seccompProfile is set'));
  else if (!PROFILE_TYPES.includes(type)) errors.push(notSupported(child(path, 'type'), type, PROFILE_TYPES));
  const field = child(path, 'localhostProfile');
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined) {
      errors.push(invalid(field, profile, 'can only be set when seccomp type is Localhost'));
    }
  } else if (localhostProfile === undefined) errors.push(required(field, 'must be set when seccomp type is Localhost'));
  else validateDescendingPath(localhostProfile, field, errors);
}

function validateAppArmor(profile: Partial<AppArmorProfile>, path: FieldPath, errors: FieldError[]): void {
  const { type = '', localhostProfile } = profile;
  const field = child(path, 'localhostProfile');
  if (type === '') errors.push(required(child(path, 'type'), 'type is required when appArmorProfile is set'));
  else if (!PROFILE_TYPES.includes(type)) errors.push(notSupported(child(path, 'type'), type, PROFILE_TYPES));
  else if (type !== 'Localhost') {
    if (localhostProfile !== undefined) {
      errors.push(invalid(field, localhostProfile, 'can only be set when AppArmor type is Localhost'));
    }
  } else if (localhostProfile === undefined || localhostProfile === '') {
    errors.push(required(field, 'must be set when AppArmor type is Localhost'));
  } else {
    if (localhostProfile !== localhostProfile.trim()) {
      errors.push(invalid(field, localhostProfile, 'must not be padded with whitespace'));
    }
    if (localhostProfile.length > MAX_PROFILE_PATH) errors.push(tooLong(field, '', MAX_PROFILE_PATH));
  }
}
