import type { ServiceSpec } from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, type FieldError } from '../../../machinery/field-error';
import { validateOneOf } from './helpers';

/** The one family of addresses that services have here. */
const FAMILY = 'IPv4';
const FAMILIES: readonly string[] = ['IPv4', 'IPv6'];
const POLICIES: readonly string[] = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** Drops what says no more than what holds for every service of a cluster with one family; the rest is validation's. */
export function dropFamilies(spec: ServiceSpec): void {
  const { ipFamilies = [], ipFamilyPolicy } = spec;
  const isDual = ipFamilyPolicy === 'PreferDualStack';
  const isServed = ipFamilies.every((family, index) =>
    family === FAMILY ? index === ipFamilies.indexOf(family) : isDual && family === 'IPv6' && index === 1,
  );
  if (isServed) delete spec.ipFamilies;
  if (ipFamilyPolicy === 'SingleStack' || isDual) delete spec.ipFamilyPolicy;
  if (spec.clusterIPs !== undefined && spec.clusterIPs.length > 1) spec.clusterIPs = spec.clusterIPs.slice(0, 1);
}

export function validateFamilies({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec, errors: FieldError[]): void {
  const before = errors.length;
  if (ipFamilyPolicy !== undefined) validateOneOf(ipFamilyPolicy, POLICIES, 'spec.ipFamilyPolicy', errors);
  for (const [index, family] of ipFamilies.entries()) {
    const path = `spec.ipFamilies[${index}]`;
    validateOneOf(family, FAMILIES, path, errors);
    if (ipFamilies.indexOf(family) < index) errors.push(duplicate(path, family));
  }
  if (errors.length > before) return;
  if (ipFamilyPolicy === 'RequireDualStack') {
    errors.push(
      invalid('spec.ipFamilyPolicy', ipFamilyPolicy, 'this cluster is not configured for dual-stack services'),
    );
  }
  for (const [index, family] of ipFamilies.entries()) {
    if (family !== FAMILY) errors.push(invalid(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  }
}

export function forbidFamilies({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec, errors: FieldError[]): void {
  const detail = 'may not be set for ExternalName services';
  if (ipFamilies.length > 0) errors.push(forbidden('spec.ipFamilies', detail));
  if (ipFamilyPolicy !== undefined) errors.push(forbidden('spec.ipFamilyPolicy', detail));
}
