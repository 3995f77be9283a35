import type { Node, Taint } from '../../../generated/core-v1.types';
import { deepEqual } from '../../../machinery/deep-equal';
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { goNil, goString, goStruct } from '../../../machinery/go-values';
import { labelValueProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { ipFamily, isCidr } from './ip';
import { validateNodeConfig } from './node-config';
import { validateResourceAmount } from './resource-names';
import { TAINT_EFFECTS } from './tolerations';

export function validateNode(node: Node, errors: FieldError[]): void {
  // Upstream reports the taints of the spec below the metadata.
  validateTaints(node.spec?.taints ?? [], 'metadata.taints', errors);
  validateResources(node, errors);
  validatePodCidrs(node.spec?.podCIDRs ?? [], errors);
}

/** What an update of a node, or of its status, may not do. */
export function validateNodeUpdate(node: Node, old: Node, errors: FieldError[]): void {
  validateResources(node, errors);
  const addresses = new Set<string>();
  for (const [index, { type, address }] of (node.status?.addresses ?? []).entries()) {
    const key = `${type}\n${address}`;
    if (addresses.has(key))
      errors.push(duplicate(`status.addresses[${index}]`, { type, address }, goAddress(type, address)));
    addresses.add(key);
  }
  validateFixedOnceSet(node, old, errors);
  validateNodeConfig(node, errors);
  validateTaints(node.spec?.taints ?? [], 'metadata.taints', errors);
  if (!isSameBesidesFreeFields(node, old)) {
    const detail =
      'node updates may only change labels, taints, or capacity (or configSource, if the DynamicKubeletConfig feature gate is enabled)';
    errors.push(forbidden('[]', detail));
  }
}

function goAddress(type: string, address: string): string {
  return goStruct('core.NodeAddress', { Type: goString(type), Address: goString(address) });
}

function validateFixedOnceSet(node: Node, old: Node, errors: FieldError[]): void {
  const cidrs = node.spec?.podCIDRs ?? [];
  const oldCidrs = old.spec?.podCIDRs ?? [];
  const cidrText = 'node updates may not change podCIDR except from "" to valid';
  if (oldCidrs.length > 0 && oldCidrs.length !== cidrs.length) errors.push(forbidden('spec.podCIDRs', cidrText));
  else {
    for (const [index, cidr] of oldCidrs.entries()) {
      if (cidr !== cidrs[index]) errors.push(forbidden('spec.podCIDRs', cidrText));
    }
  }
  const oldProvider = old.spec?.providerID ?? '';
  if (oldProvider !== '' && oldProvider !== (node.spec?.providerID ?? '')) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
}

/** All fields that may change, or whose change was refused by name already, are left out of the comparison. */
function isSameBesidesFreeFields(node: Node, old: Node): boolean {
  const oldCidrs = old.spec?.podCIDRs ?? [];
  const cidrsMayChange = oldCidrs.length === 0;
  const providerMayChange = (old.spec?.providerID ?? '') === '';
  const fixed = ({ spec }: Node): unknown => ({
    podCIDRs: cidrsMayChange ? [] : spec?.podCIDRs,
    providerID: providerMayChange ? '' : (spec?.providerID ?? ''),
    externalID: spec?.externalID ?? '',
  });
  return deepEqual(fixed(node), fixed(old));
}

function validateTaints(taints: readonly Taint[], path: FieldPath, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [index, taint] of taints.entries()) {
    const at = element(path, index);
    const { key = '', value = '', effect = '' } = taint as Partial<Taint>;
    pushInvalid(errors, child(at, 'key'), key, qualifiedNameProblems(key));
    const problems = labelValueProblems(value);
    if (problems.length > 0) errors.push(invalid(child(at, 'value'), value, problems.join(';')));
    if (effect === '') errors.push(required(child(at, 'effect')));
    else if (!TAINT_EFFECTS.includes(effect)) errors.push(notSupported(child(at, 'effect'), effect, TAINT_EFFECTS));
    const identity = `${effect}\n${key}`;
    if (seen.has(identity)) {
      errors.push({
        ...duplicate(at, taint, shownTaint(taint)),
        detail: 'taints must be unique by key and effect pair',
      });
    }
    seen.add(identity);
  }
}

/** `undefined` where Go would show the address of a time. */
function shownTaint({ key, value, effect, timeAdded }: Taint): string | undefined {
  if (timeAdded !== undefined) return undefined;
  return goStruct('core.Taint', {
    Key: goString(key),
    Value: goString(value),
    Effect: goString(effect),
    TimeAdded: goNil('v1.Time'),
  });
}

function validateResources({ status }: Node, errors: FieldError[]): void {
  for (const list of ['capacity', 'allocatable'] as const) {
    for (const [name, amount] of Object.entries(status?.[list] ?? {})) {
      validateResourceAmount(name, amount, `status.${list}.${name}`, errors);
    }
  }
}

function validatePodCidrs(cidrs: readonly string[], errors: FieldError[]): void {
  const path = 'spec.podCIDRs';
  for (const [index, cidr] of cidrs.entries()) {
    if (!isCidr(cidr)) errors.push(invalid(element(path, index), cidrs, 'must be valid CIDR'));
  }
  if (cidrs.length < 2) return;
  const families = new Set(cidrs.map((cidr) => ipFamily(cidr.split('/')[0] ?? '')));
  if (families.size !== 2 || cidrs.length > 2) {
    errors.push(invalid(path, cidrs, 'may specify no more than one CIDR for each IP family'));
  }
  for (const [index, cidr] of cidrs.entries()) {
    if (cidrs.indexOf(cidr) < index) errors.push(duplicate(element(path, index), cidr));
  }
}
