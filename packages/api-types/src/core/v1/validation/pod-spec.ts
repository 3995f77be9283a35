import type { HostAlias, PodDNSConfig, PodSpec } from '../../../generated/core-v1.types';
import { invalid, required, type FieldError } from '../../../machinery/field-error';
import { dnsLabelProblems, dnsSubdomainProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid, validateLabels } from '../../../machinery/object-meta-validation';
import { validateContainers, validateInitContainers } from './containers';
import { requireOneOf, validateRange } from './helpers';
import { ipFamily } from './ip';
import type { KnownVolumes } from './mounts';
import type { PodValidationOptions } from './options';
import { validateResourceRequirements } from './resources';
import { validateAffinity, validateSpreadConstraints, validateTolerations } from './scheduling';
import { validatePodSecurityContext } from './security-context';
import { validateVolumes } from './volumes';

const RESTART_POLICIES: readonly string[] = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES: readonly string[] = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PREEMPTION_POLICIES: readonly string[] = ['PreemptLowerPriority', 'Never'];
const MAX_INT32 = 2 ** 31 - 1;
const MAX_NAMESERVERS = 3;
const MAX_SEARCH_PATHS = 6;
const MAX_SEARCH_LENGTH = 256;

/**
 * The spec of a pod or of a template.
 * @param podName `undefined` in a template
 * @returns the volumes that may be mounted
 */
export function validatePodSpec(
  spec: PodSpec,
  podName: string | undefined,
  path: string,
  options: PodValidationOptions,
  errors: FieldError[],
): KnownVolumes {
  const containers = spec.containers ?? [];
  const volumes = validateVolumes(spec.volumes, podName, `${path}.volumes`, errors);
  validateContainers(containers, false, volumes, `${path}.containers`, options, errors);
  validateInitContainers(spec.initContainers ?? [], containers, volumes, `${path}.initContainers`, options, errors);
  requireOneOf(spec.restartPolicy, RESTART_POLICIES, `${path}.restartPolicy`, errors);
  requireOneOf(spec.dnsPolicy, DNS_POLICIES, `${path}.dnsPolicy`, errors);
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, errors);
  validatePodSecurityContext(spec, path, errors);
  validateAffinity(spec.affinity, `${path}.affinity`, errors);
  validateDnsConfig(spec.dnsConfig, spec.dnsPolicy, `${path}.dnsConfig`, errors);
  for (const [index, { conditionType }] of (spec.readinessGates ?? []).entries()) {
    const field = `${path}.readinessGates[${index}].conditionType`;
    pushInvalid(errors, field, conditionType, qualifiedNameProblems(conditionType));
  }
  validateSpreadConstraints(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`, errors);
  validateNames(spec, path, errors);
  validateTolerations(spec.tolerations, `${path}.tolerations`, errors);
  validateHostAliases(spec.hostAliases ?? [], `${path}.hostAliases`, errors);
  validateName(spec.priorityClassName, `${path}.priorityClassName`, errors);
  if (spec.runtimeClassName !== undefined) {
    const field = `${path}.runtimeClassName`;
    pushInvalid(errors, field, spec.runtimeClassName, dnsSubdomainProblems(spec.runtimeClassName));
  }
  if (spec.preemptionPolicy !== undefined) {
    requireOneOf(spec.preemptionPolicy, PREEMPTION_POLICIES, `${path}.preemptionPolicy`, errors);
  }
  if (spec.overhead !== undefined) {
    validateResourceRequirements({ limits: spec.overhead }, `${path}.overhead`, errors);
  }
  return volumes;
}

function validateNames(spec: PodSpec, path: string, errors: FieldError[]): void {
  validateName(spec.serviceAccountName, `${path}.serviceAccountName`, errors);
  validateName(spec.nodeName, `${path}.nodeName`, errors);
  if (spec.activeDeadlineSeconds !== undefined) {
    validateRange(spec.activeDeadlineSeconds, 1, MAX_INT32, `${path}.activeDeadlineSeconds`, errors);
  }
  const { hostname = '', subdomain = '' } = spec;
  if (hostname !== '') pushInvalid(errors, `${path}.hostname`, hostname, dnsLabelProblems(hostname));
  if (subdomain !== '') pushInvalid(errors, `${path}.subdomain`, subdomain, dnsLabelProblems(subdomain));
}

function validateName(name: string | undefined, path: string, errors: FieldError[]): void {
  if (name !== undefined && name !== '') pushInvalid(errors, path, name, dnsSubdomainProblems(name));
}

function validateDnsConfig(
  config: PodDNSConfig | undefined,
  policy: string | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (policy === 'None') {
    if (config === undefined) {
      errors.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'));
      return;
    }
    if ((config.nameservers ?? []).length === 0) {
      const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      errors.push(required(`${path}.nameservers`, detail));
      return;
    }
  }
  if (config === undefined) return;
  const { nameservers = [], searches = [], options = [] } = config;
  if (nameservers.length > MAX_NAMESERVERS) {
    errors.push(invalid(`${path}.nameservers`, nameservers, `must not have more than ${MAX_NAMESERVERS} nameservers`));
  }
  for (const [index, server] of nameservers.entries()) {
    if (ipFamily(server) === 0) {
      errors.push(invalid(`${path}.nameservers[${index}]`, server, 'must be valid IP address'));
    }
  }
  if (searches.length > MAX_SEARCH_PATHS) {
    errors.push(invalid(`${path}.searches`, searches, `must not have more than ${MAX_SEARCH_PATHS} search paths`));
  }
  if (searches.join(' ').length > MAX_SEARCH_LENGTH) {
    const detail = 'must not have more than 256 characters (including spaces) in the search list';
    errors.push(invalid(`${path}.searches`, searches, detail));
  }
  for (const [index, search] of searches.entries()) {
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    pushInvalid(errors, `${path}.searches[${index}]`, name, dnsSubdomainProblems(name));
  }
  for (const [index, { name = '' }] of options.entries()) {
    if (name === '') errors.push(required(`${path}.options[${index}]`, 'must not be empty'));
  }
}

function validateHostAliases(aliases: readonly HostAlias[], path: string, errors: FieldError[]): void {
  for (const alias of aliases) {
    const { ip = '', hostnames = [] } = alias as Partial<HostAlias>;
    if (ipFamily(ip) === 0) errors.push(invalid(`${path}.ip`, ip, 'must be valid IP address'));
    for (const hostname of hostnames)
      pushInvalid(errors, `${path}.hostnames`, hostname, dnsSubdomainProblems(hostname));
  }
}
