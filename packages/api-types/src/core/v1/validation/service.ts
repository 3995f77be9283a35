import type { Service, ServicePort, ServiceSpec } from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  portNumberProblems,
  qualifiedNameProblems,
} from '../../../machinery/names';
import { pushInvalid, validateLabels } from '../../../machinery/object-meta-validation';
import { requireOneOf } from './helpers';
import { ipFamily, ipProblems, isCidr, validateNonSpecialIP } from './ip';
import { PORT_PROTOCOLS, validatePortNumberOrName } from './ports';

const TYPES: readonly string[] = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITIES: readonly string[] = ['ClientIP', 'None'];
const KUBELET_PORT = 10_250;
const MAX_AFFINITY_SECONDS = 86_400;
const SOURCE_RANGES_ANNOTATION = 'service.beta.kubernetes.io/load-balancer-source-ranges';

export function validateService(service: Service, errors: FieldError[]): void {
  const before = errors.length;
  const spec = service.spec ?? {};
  const isHeadless = spec.clusterIPs?.[0] === 'None';
  const ports = spec.ports ?? [];
  if (ports.length === 0 && !isHeadless && spec.type !== 'ExternalName') errors.push(required('spec.ports'));
  validateType(spec, isHeadless, errors);
  const names = new Set<string>();
  ports.forEach((port, index) => validatePort(port, ports.length > 1, names, `spec.ports[${index}]`, errors));
  validateLabels(spec.selector, 'spec.selector', errors);
  requireOneOf(spec.sessionAffinity, AFFINITIES, 'spec.sessionAffinity', errors);
  validateAffinityConfig(spec, errors);
  if (spec.type !== 'ExternalName') validateClusterIPs(spec, errors);
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    const problems = ipProblems(ip);
    pushInvalid(errors, `spec.externalIPs[${index}]`, ip, problems);
    if (problems.length === 0) validateNonSpecialIP(ip, `spec.externalIPs[${index}]`, errors);
  }
  requireOneOf(spec.type, TYPES, 'spec.type', errors);
  validateNodePorts(spec, errors);
  validateUniquePorts(ports, errors);
  validateSourceRanges(service, errors);
  validateTrafficPolicy(spec, errors);
  // Whether the fields fit each other is only asked when each is right.
  if (errors.length === before) validateTrafficFit(spec, errors);
}

export function validateServiceUpdate(service: Service, old: Service, errors: FieldError[]): void {
  validateFixedIPs(service.spec ?? {}, old.spec ?? {}, errors);
  validateService(service, errors);
}

export function validateServiceStatus({ status }: Service, errors: FieldError[]): void {
  for (const [index, { ip = '', hostname = '' }] of (status?.loadBalancer?.ingress ?? []).entries()) {
    const path = `status.loadBalancer.ingress[${index}]`;
    if (ip !== '' && ipFamily(ip) === 0) errors.push(invalid(child(path, 'ip'), ip, 'must be a valid IP address'));
    if (hostname === '') continue;
    pushInvalid(errors, child(path, 'hostname'), hostname, dnsSubdomainProblems(hostname));
    if (ipFamily(hostname) !== 0) {
      errors.push(invalid(child(path, 'hostname'), hostname, 'must be a DNS name, not an IP address'));
    }
  }
}

function validateType(spec: ServiceSpec, isHeadless: boolean, errors: FieldError[]): void {
  switch (spec.type) {
    case 'LoadBalancer':
      for (const [index, { port }] of (spec.ports ?? []).entries()) {
        if (port !== KUBELET_PORT) continue;
        const detail = `may not expose port ${KUBELET_PORT} externally since it is used by kubelet`;
        errors.push(invalid(`spec.ports[${index}]`, port, detail));
      }
      if (isHeadless) {
        errors.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for LoadBalancer services"));
      }
      return;
    case 'NodePort':
      if (isHeadless)
        errors.push(invalid('spec.clusterIPs[0]', 'None', "may not be set to 'None' for NodePort services"));
      return;
    case 'ExternalName': {
      if ((spec.clusterIPs ?? []).length > 0) {
        errors.push(forbidden('spec.clusterIPs', 'may not be set for ExternalName services'));
      }
      const name = (spec.externalName ?? '').replace(/\.$/, '');
      if (name === '') errors.push(required('spec.externalName'));
      else pushInvalid(errors, 'spec.externalName', name, dnsSubdomainProblems(name));
      return;
    }
    default:
  }
}

function validatePort(
  port: ServicePort,
  needsName: boolean,
  names: Set<string>,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { name = '', port: number = 0, protocol, targetPort, appProtocol } = port as Partial<ServicePort>;
  if (name !== '') {
    pushInvalid(errors, child(path, 'name'), name, dnsLabelProblems(name));
    if (names.has(name)) errors.push(duplicate(child(path, 'name'), name));
    names.add(name);
  } else if (needsName) errors.push(required(child(path, 'name')));
  pushInvalid(errors, child(path, 'port'), number, portNumberProblems(number));
  requireOneOf(protocol, PORT_PROTOCOLS, child(path, 'protocol'), errors);
  validatePortNumberOrName(targetPort, child(path, 'targetPort'), errors);
  if (appProtocol !== undefined) {
    pushInvalid(errors, child(path, 'appProtocol'), appProtocol, qualifiedNameProblems(appProtocol));
  }
}

function validateAffinityConfig(spec: ServiceSpec, errors: FieldError[]): void {
  const { sessionAffinity, sessionAffinityConfig: config } = spec;
  const path = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None') {
    if (config !== undefined) errors.push(forbidden(path, 'must not be set when session affinity is None'));
    return;
  }
  if (sessionAffinity !== 'ClientIP') return;
  const detail = 'when session affinity type is ClientIP';
  if (config === undefined) errors.push(required(path, detail));
  else if (config.clientIP === undefined) errors.push(required(child(path, 'clientIP'), detail));
  else if (config.clientIP.timeoutSeconds === undefined)
    errors.push(required(child(path, 'clientIP.timeoutSeconds'), detail));
  else {
    const seconds = config.clientIP.timeoutSeconds;
    if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
      const range = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
      errors.push(invalid(child(path, 'clientIP.timeoutSeconds'), seconds, range));
    }
  }
}

function validateClusterIPs({ clusterIP = '', clusterIPs = [] }: ServiceSpec, errors: FieldError[]): void {
  const path = 'spec.clusterIPs';
  if (clusterIP === '') {
    if (clusterIPs.length > 0) errors.push(invalid(path, clusterIPs, 'must be empty when clusterIP is empty'));
  } else if (clusterIPs.length === 0) errors.push(required(path));
  else if (clusterIPs[0] !== clusterIP) errors.push(invalid(path, clusterIPs, 'element [0] must match clusterIP'));
  for (const [index, ip] of clusterIPs.entries()) {
    if (index > 0 || ip !== 'None') pushInvalid(errors, element(path, index), ip, ipProblems(ip));
    else if (clusterIPs.length > 1) errors.push(invalid(path, clusterIPs, "'None' must be the first and only value"));
  }
  if (clusterIPs.length > 2) errors.push(invalid(path, clusterIPs, 'may only hold up to 2 values'));
}

function validateNodePorts({ type, ports = [] }: ServiceSpec, errors: FieldError[]): void {
  const taken = new Set<string>();
  if (type === 'ClusterIP') {
    for (const [index, { nodePort = 0 }] of ports.entries()) {
      if (nodePort === 0) continue;
      errors.push(forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
  }
  for (const [index, { nodePort = 0, protocol = '' }] of ports.entries()) {
    if (nodePort === 0) continue;
    const key = `${protocol}/${nodePort}`;
    if (taken.has(key)) errors.push(duplicate(`spec.ports[${index}].nodePort`, nodePort));
    taken.add(key);
  }
}

function validateUniquePorts(ports: readonly ServicePort[], errors: FieldError[]): void {
  const taken = new Set<string>();
  for (const [index, { protocol = '', port }] of ports.entries()) {
    const key = `${protocol}/${port}`;
    if (taken.has(key)) {
      // The value is a struct of the Go server's.
      const shown = `core.ServicePort{Name:"", Protocol:${JSON.stringify(protocol)}, AppProtocol:(*string)(nil), Port:${port}, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}`;
      errors.push(duplicate(`spec.ports[${index}]`, { protocol, port }, shown));
    }
    taken.add(key);
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
  if (type !== 'LoadBalancer') errors.push(forbidden(path, "may only be used when `type` is 'LoadBalancer'"));
  const isRight = list.every((range) => isCidr(range.trim())) || (ranges.length === 0 && shown.trim() === '');
  if (!isRight) {
    errors.push(invalid(path, shown, 'must be a list of IP ranges. For example, 10.240.0.0/24,10.250.0.0/24 '));
  }
}

function validateTrafficPolicy(
  { externalTrafficPolicy: policy, healthCheckNodePort = 0 }: ServiceSpec,
  errors: FieldError[],
): void {
  if (policy !== undefined && policy !== 'Cluster' && policy !== 'Local') {
    const detail = 'ExternalTrafficPolicy must be empty, Cluster or Local';
    errors.push(invalid('spec.externalTrafficPolicy', policy, detail));
  }
  if (healthCheckNodePort < 0) {
    const detail = 'HealthCheckNodePort must be not less than 0';
    errors.push(invalid('spec.healthCheckNodePort', healthCheckNodePort, detail));
  }
}

function validateTrafficFit(spec: ServiceSpec, errors: FieldError[]): void {
  const { type, externalTrafficPolicy: policy, healthCheckNodePort = 0 } = spec;
  if (policy !== undefined && type !== 'LoadBalancer' && type !== 'NodePort') {
    const detail = 'ExternalTrafficPolicy can only be set on NodePort and LoadBalancer service';
    errors.push(invalid('spec.externalTrafficPolicy', policy, detail));
  }
  if (healthCheckNodePort !== 0 && (type !== 'LoadBalancer' || policy !== 'Local')) {
    const detail = 'HealthCheckNodePort can only be set on LoadBalancer service with ExternalTrafficPolicy=Local';
    errors.push(invalid('spec.healthCheckNodePort', healthCheckNodePort, detail));
  }
}

/** An address once given stays, unless the service gets or loses its need of one. */
function validateFixedIPs(spec: ServiceSpec, old: ServiceSpec, errors: FieldError[]): void {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return;
  const ips = spec.clusterIPs ?? [];
  const oldIPs = old.clusterIPs ?? [];
  if (oldIPs.length === 0) return;
  const shown = spec.clusterIPs === undefined || ips.length === 0 ? '[]string(nil)' : undefined;
  if (ips.length === 0) {
    errors.push(invalid('spec.clusterIPs[0]', ips, 'primary clusterIP can not be unset', shown));
    return;
  }
  for (const [index, ip] of oldIPs.entries()) {
    if (index < ips.length && ips[index] !== ip) {
      errors.push(invalid(`spec.clusterIPs[${index}]`, ips, 'may not change once set'));
    }
  }
}
