import type {
  PodSpec,
  SeccompProfile,
  SecurityContext,
  Sysctl,
  WindowsSecurityContextOptions,
} from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateDescendingPath, validateId, validateOneOf } from './helpers';
import type { PodValidationOptions } from './options';

const SECCOMP_TYPES: readonly string[] = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const FS_GROUP_POLICIES: readonly string[] = ['Always', 'OnRootMismatch'];
const PROC_MOUNTS: readonly string[] = ['Default', 'Unmasked'];
const MAX_SYSCTL = 253;
const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SYSCTL_FORMAT = `(${SYSCTL_SEGMENT}\\.)*${SYSCTL_SEGMENT}`;
const SYSCTL = new RegExp(`^${SYSCTL_FORMAT}$`);
const MAX_GMSA_SPEC = 64 * 1024;

export function validatePodSecurityContext(spec: PodSpec, specPath: string, errors: FieldError[]): void {
  if (spec.hostNetwork === true) validateHostPorts(spec, specPath, errors);
  const context = spec.securityContext;
  if (context === undefined) return;
  const path = `${specPath}.securityContext`;
  validateId(context.fsGroup, `${path}.fsGroup`, errors);
  validateId(context.runAsUser, `${path}.runAsUser`, errors);
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors);
  for (const [index, group] of (context.supplementalGroups ?? []).entries()) {
    validateId(group, `${path}.supplementalGroups[${index}]`, errors);
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(`${path}.shareProcessNamespace`, true, detail));
  }
  validateSysctls(context.sysctls ?? [], `${path}.sysctls`, errors);
  if (context.fsGroupChangePolicy !== undefined) {
    validateOneOf(context.fsGroupChangePolicy, FS_GROUP_POLICIES, `${path}.fsGroupChangePolicy`, errors);
  }
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors);
  validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`, errors);
}

export function validateSecurityContext(
  context: SecurityContext | undefined,
  path: string,
  options: PodValidationOptions,
  errors: FieldError[],
): void {
  if (context === undefined) return;
  if (context.privileged === true && !options.allowPrivileged) {
    errors.push(forbidden(`${path}.privileged`, 'disallowed by cluster policy'));
  }
  validateId(context.runAsUser, `${path}.runAsUser`, errors);
  validateId(context.runAsGroup, `${path}.runAsGroup`, errors);
  if (context.procMount !== undefined) validateOneOf(context.procMount, PROC_MOUNTS, `${path}.procMount`, errors);
  validateSeccomp(context.seccompProfile, `${path}.seccompProfile`, errors);
  if (context.allowPrivilegeEscalation === false) {
    const contradiction = 'cannot set `allowPrivilegeEscalation` to false and';
    if (context.privileged === true) errors.push(invalid(path, context, `${contradiction} \`privileged\` to true`));
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN') === true) {
      errors.push(invalid(path, context, `${contradiction} \`capabilities.Add\` CAP_SYS_ADMIN`));
    }
  }
  validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`, errors);
}

/** With the host's network there is no other port than the host's. */
function validateHostPorts(spec: PodSpec, specPath: string, errors: FieldError[]): void {
  for (const [index, { ports = [] }] of (spec.containers ?? []).entries()) {
    for (const [at, { hostPort = 0, containerPort }] of ports.entries()) {
      if (hostPort === containerPort) continue;
      const field = `${specPath}.containers[${index}].ports[${at}].containerPort`;
      errors.push(invalid(field, containerPort, 'must match `hostPort` when `hostNetwork` is true'));
    }
  }
}

function validateSysctls(sysctls: readonly Sysctl[], path: string, errors: FieldError[]): void {
  const names = new Set<string>();
  for (const [index, { name }] of sysctls.entries()) {
    const field = `${path}[${index}].name`;
    if (name === '') errors.push(required(field));
    else if (name.length > MAX_SYSCTL || !SYSCTL.test(name)) {
      errors.push(invalid(field, name, `must have at most ${MAX_SYSCTL} characters and match regex ${SYSCTL_FORMAT}`));
    } else if (names.has(name)) errors.push(duplicate(field, name));
    names.add(name);
  }
}

function validateSeccomp(profile: SeccompProfile | undefined, path: string, errors: FieldError[]): void {
  if (profile === undefined) return;
  const { type = '', localhostProfile } = profile as Partial<SeccompProfile>;
  if (type === '') errors.push(required(`${path}.type`, 'type is required when seccompProfile is set'));
  else if (!SECCOMP_TYPES.includes(type)) errors.push(notSupported(`${path}.type`, type, SECCOMP_TYPES));
  const field = `${path}.localhostProfile`;
  if (type !== 'Localhost') {
    if (localhostProfile !== undefined) {
      errors.push(invalid(field, profile, 'can only be set when seccomp type is Localhost'));
    }
  } else if (localhostProfile === undefined) errors.push(required(field, 'must be set when seccomp type is Localhost'));
  else validateDescendingPath(localhostProfile, field, errors);
}

function validateWindowsOptions(
  options: WindowsSecurityContextOptions | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (options === undefined) return;
  const { gmsaCredentialSpecName: specName, gmsaCredentialSpec: credentials, runAsUserName: user } = options;
  if (specName !== undefined) {
    pushInvalid(errors, `${path}.gmsaCredentialSpecName`, specName, dnsSubdomainProblems(specName));
  }
  if (credentials === '') {
    errors.push(invalid(`${path}.gmsaCredentialSpec`, '', 'gmsaCredentialSpec cannot be an empty string'));
  } else if (credentials !== undefined && credentials.length > MAX_GMSA_SPEC) {
    errors.push(invalid(`${path}.gmsaCredentialSpec`, credentials, 'gmsaCredentialSpec size must be under 64 KiB'));
  }
  if (user === '') {
    errors.push(invalid(`${path}.runAsUserName`, '', 'runAsUserName cannot be an empty string'));
  } else if (user !== undefined && user.split('\\').length > 2) {
    errors.push(invalid(`${path}.runAsUserName`, user, 'runAsUserName cannot contain more than one backslash'));
  }
}
