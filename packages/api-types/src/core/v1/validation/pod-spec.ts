import type { HostAlias, PodResourceClaim, PodSchedulingGate, PodSpec } from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, required, tooLong, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { dnsLabelProblems, dnsSubdomainProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid, validateLabels } from '../../../machinery/object-meta-validation';
import { validateAffinity } from './affinity';
import { validateContainers, validateInitContainers } from './containers';
import { validateEphemeralContainers } from './ephemeral-containers';
import { requireOneOf, validateRange } from './helpers';
import { ipFamily } from './ip';
import type { PodValidationOptions } from './options';
import { podContext } from './pod-context';
import { validateDnsConfig } from './pod-dns';
import { validateHostProcess, validateOs } from './pod-os';
import { validatePodResources } from './pod-resources';
import { validateResourceRequirements } from './resources';
import { validatePodSecurityContext } from './security-context';
import { validateSpreadConstraints } from './spread-constraints';
import { validateTolerations } from './tolerations';
import { validateVolumes } from './volumes';

const RESTART_POLICIES: readonly string[] = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES: readonly string[] = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PREEMPTION_POLICIES: readonly string[] = ['PreemptLowerPriority', 'Never'];
const MAX_INT32 = 2 ** 31 - 1;
const MAX_HOSTNAME_OVERRIDE = 64;

/**
 * The spec of a pod or of a template.
 * @param podName `undefined` in a template
 */
export function validatePodSpec(
  spec: PodSpec,
  podName: string | undefined,
  path: FieldPath,
  options: PodValidationOptions,
  errors: FieldError[],
): void {
  const { containers = [], initContainers, ephemeralContainers } = spec as Partial<PodSpec>;
  const volumes = validateVolumes(spec.volumes, podName, child(path, 'volumes'), errors);
  if (spec.resourceClaims !== undefined) {
    validateResourceClaims(spec.resourceClaims, child(path, 'resourceClaims'), errors);
  }
  const pod = podContext(spec, volumes, options);
  validateContainers(containers, pod, child(path, 'containers'), errors);
  if (initContainers !== undefined) {
    validateInitContainers(initContainers, containers, pod, child(path, 'initContainers'), errors);
  }
  if (ephemeralContainers !== undefined) {
    validateEphemeralContainers(ephemeralContainers, spec, pod, child(path, 'ephemeralContainers'), errors);
  }
  if (spec.resources !== undefined) validatePodResources(spec, child(path, 'resources'), errors);
  requireOneOf(spec.restartPolicy, RESTART_POLICIES, child(path, 'restartPolicy'), errors);
  requireOneOf(spec.dnsPolicy, DNS_POLICIES, child(path, 'dnsPolicy'), errors);
  validateLabels(spec.nodeSelector, child(path, 'nodeSelector'), errors);
  validatePodSecurityContext(spec, path, errors);
  validatePlacement(spec, path, errors);
  validateDnsConfig(spec.dnsConfig, spec.dnsPolicy, child(path, 'dnsConfig'), errors);
  validateGates(spec, path, errors);
  validateHostProcess(spec, options, path, errors);
  validateHostUsers(spec, path, errors);
  validateNames(spec, path, errors);
  if (spec.tolerations !== undefined) validateTolerations(spec.tolerations, child(path, 'tolerations'), errors);
  if (spec.hostAliases !== undefined) validateHostAliases(spec.hostAliases, child(path, 'hostAliases'), errors);
  validateClasses(spec, path, errors);
  if (spec.overhead !== undefined) {
    validateResourceRequirements({ limits: spec.overhead }, [], child(path, 'overhead'), errors);
  }
  if (spec.os !== undefined) validateOs(spec, path, errors);
}

function validatePlacement(spec: PodSpec, path: FieldPath, errors: FieldError[]): void {
  const { affinity, topologySpreadConstraints: constraints } = spec;
  if (affinity !== undefined) validateAffinity(affinity, child(path, 'affinity'), errors);
  if (constraints !== undefined) {
    validateSpreadConstraints(constraints, child(path, 'topologySpreadConstraints'), errors);
  }
}

/** What holds a pod up: before it is scheduled, and before it is ready. */
function validateGates({ readinessGates, schedulingGates }: PodSpec, path: FieldPath, errors: FieldError[]): void {
  if (readinessGates !== undefined) {
    for (const [index, { conditionType = '' }] of readinessGates.entries()) {
      const at = child(element(child(path, 'readinessGates'), index), 'conditionType');
      pushInvalid(errors, at, conditionType, qualifiedNameProblems(conditionType));
    }
  }
  if (schedulingGates === undefined) return;
  const names = new Set<string>();
  for (const [index, { name = '' }] of (schedulingGates as readonly Partial<PodSchedulingGate>[]).entries()) {
    const at = element(child(path, 'schedulingGates'), index);
    pushInvalid(errors, at, name, qualifiedNameProblems(name));
    if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
  }
}

/** With users of its own a pod shares nothing else with the host. */
function validateHostUsers(spec: PodSpec, path: FieldPath, errors: FieldError[]): void {
  if (spec.hostUsers !== false) return;
  const detail = 'when `pod.Spec.HostUsers` is false';
  if (spec.hostNetwork === true) errors.push(forbidden(child(path, 'hostNetwork'), detail));
  if (spec.hostPID === true) errors.push(forbidden(child(path, 'HostPID'), detail));
  if (spec.hostIPC === true) errors.push(forbidden(child(path, 'HostIPC'), detail));
}

function validateNames(spec: PodSpec, path: FieldPath, errors: FieldError[]): void {
  validateName(spec.serviceAccountName, child(path, 'serviceAccountName'), errors);
  validateName(spec.nodeName, child(path, 'nodeName'), errors);
  if (spec.activeDeadlineSeconds !== undefined) {
    validateRange(spec.activeDeadlineSeconds, 1, MAX_INT32, child(path, 'activeDeadlineSeconds'), errors);
  }
  const { hostname = '', subdomain = '', hostnameOverride } = spec;
  if (hostname !== '') pushInvalid(errors, child(path, 'hostname'), hostname, dnsLabelProblems(hostname));
  if (hostnameOverride !== undefined) {
    const at = child(path, 'hostnameOverride');
    pushInvalid(errors, at, hostnameOverride, dnsSubdomainProblems(hostnameOverride));
    if (hostnameOverride.length > MAX_HOSTNAME_OVERRIDE) {
      errors.push(tooLong(at, hostnameOverride, MAX_HOSTNAME_OVERRIDE));
    }
    if (spec.hostNetwork === true) errors.push(forbidden(at, 'may not be specified when hostNetwork is true'));
    if (spec.setHostnameAsFQDN === true) {
      errors.push(forbidden(at, 'may not be specified when setHostnameAsFQDN is true'));
    }
  }
  if (subdomain !== '') pushInvalid(errors, child(path, 'subdomain'), subdomain, dnsLabelProblems(subdomain));
}

function validateClasses(spec: PodSpec, path: FieldPath, errors: FieldError[]): void {
  const { runtimeClassName, preemptionPolicy } = spec;
  validateName(spec.priorityClassName, child(path, 'priorityClassName'), errors);
  if (runtimeClassName !== undefined) {
    pushInvalid(errors, child(path, 'runtimeClassName'), runtimeClassName, dnsSubdomainProblems(runtimeClassName));
  }
  if (preemptionPolicy !== undefined) {
    requireOneOf(preemptionPolicy, PREEMPTION_POLICIES, child(path, 'preemptionPolicy'), errors);
  }
}

function validateName(name: string | undefined, path: FieldPath, errors: FieldError[]): void {
  if (name !== undefined && name !== '') pushInvalid(errors, path, name, dnsSubdomainProblems(name));
}

function validateHostAliases(aliases: readonly Partial<HostAlias>[], path: FieldPath, errors: FieldError[]): void {
  for (const { ip = '', hostnames = [] } of aliases) {
    if (ipFamily(ip) === 0) errors.push(invalid(child(path, 'ip'), ip, 'must be valid IP address'));
    for (const hostname of hostnames) {
      pushInvalid(errors, child(path, 'hostnames'), hostname, dnsSubdomainProblems(hostname));
    }
  }
}

function validateResourceClaims(
  claims: readonly Partial<PodResourceClaim>[],
  path: FieldPath,
  errors: FieldError[],
): void {
  const names = new Set<string>();
  for (const [index, claim] of claims.entries()) {
    const at = element(path, index);
    const { name = '', resourceClaimName, resourceClaimTemplateName } = claim;
    if (name === '') errors.push(required(child(at, 'name')));
    else if (names.has(name)) errors.push(duplicate(child(at, 'name'), name));
    else pushInvalid(errors, child(at, 'name'), name, dnsLabelProblems(name));
    names.add(name);
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      const detail = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      errors.push(invalid(at, claim, detail));
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      const detail = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
      errors.push(invalid(at, claim, detail));
    }
    for (const field of ['resourceClaimName', 'resourceClaimTemplateName'] as const) {
      const target = claim[field];
      if (target !== undefined) pushInvalid(errors, child(at, field), target, dnsSubdomainProblems(target));
    }
  }
}
