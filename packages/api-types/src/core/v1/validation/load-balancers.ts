import type { Service, ServiceSpec } from '../../../generated/core-v1.types';
import { forbidden, invalid, type FieldError } from '../../../machinery/field-error';
import { child } from '../../../machinery/field-path';
import { dnsSubdomainProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { validateOneOf } from './helpers';
import { ipFamily, isCidr } from './ip';

const SOURCE_RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'";
const IP_MODES: readonly string[] = ['Proxy', 'VIP'];

export function validateLoadBalancer(service: Service, errors: FieldError[]): void {
  const { type, allocateLoadBalancerNodePorts: allocates, loadBalancerClass } = service.spec ?? {};
  const isBalanced = type === 'LoadBalancer';
  validateSourceRanges(service, errors);
  if (allocates !== undefined && !isBalanced) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', ONLY_BALANCED));
  }
  if (loadBalancerClass === undefined) return;
  const path = 'spec.loadBalancerClass';
  if (isBalanced) pushInvalid(errors, path, loadBalancerClass, qualifiedNameProblems(loadBalancerClass));
  else errors.push(forbidden(path, ONLY_BALANCED));
}

export function validateFixedClass(spec: ServiceSpec, old: ServiceSpec, errors: FieldError[]): void {
  if (spec.type !== 'LoadBalancer' || old.type !== 'LoadBalancer') return;
  if (spec.loadBalancerClass === old.loadBalancerClass) return;
  errors.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set'));
}

export function validateServiceStatus({ status }: Service, errors: FieldError[]): void {
  for (const [index, { ip = '', hostname = '', ipMode }] of (status?.loadBalancer?.ingress ?? []).entries()) {
    const path = `status.loadBalancer.ingress[${index}]`;
    if (ip !== '' && ipFamily(ip) === 0) errors.push(invalid(child(path, 'ip'), ip, 'must be a valid IP address'));
    if (ipMode !== undefined && ip === '') {
      errors.push(forbidden(child(path, 'ipMode'), 'may not be specified when `ip` is not set'));
    } else if (ipMode !== undefined) validateOneOf(ipMode, IP_MODES, child(path, 'ipMode'), errors);
    if (hostname === '') continue;
    pushInvalid(errors, child(path, 'hostname'), hostname, dnsSubdomainProblems(hostname));
    if (ipFamily(hostname) !== 0) {
      errors.push(invalid(child(path, 'hostname'), hostname, 'must be a DNS name, not an IP address'));
    }
  }
}

function validateSourceRanges(service: Service, errors: FieldError[]): void {
  const { loadBalancerSourceRanges: ranges = [], type } = service.spec ?? {};
  const annotation = service.metadata.annotations?.[SOURCE_RANGES_ANNOTATION];
  if (ranges.length === 0 && annotation === undefined) return;
  const [path, shown, list] =
    ranges.length > 0
      ? ['spec.LoadBalancerSourceRanges', `[${ranges.join(' ')}]`, ranges]
      : [`metadata.annotations[${SOURCE_RANGES_ANNOTATION}]`, annotation ?? '', (annotation ?? '').trim().split(',')];
  if (type !== 'LoadBalancer') errors.push(forbidden(path, ONLY_BALANCED));
  const isRight = list.every((range) => isCidr(range.trim())) || (ranges.length === 0 && shown.trim() === '');
  if (!isRight) {
    errors.push(invalid(path, shown, 'must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24 '));
  }
}
