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
import { requireOneOf, validateOneOf } from './helpers';
import { ipProblems, validateNonSpecialIP } from './ip';
import { validateFixedClass, validateLoadBalancer } from './load-balancers';
import { PORT_PROTOCOLS, validatePortNumberOrName } from './ports';
import { forbidFamilies, validateFamilies } from './service-families';

const TYPES: readonly string[] = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITIES: readonly string[] = ['ClientIP', 'None'];
const INTERNAL_POLICIES: readonly string[] = ['Cluster', 'Local'];
const DISTRIBUTIONS: readonly string[] = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];
const MAX_AFFINITY_SECONDS = 86_400;

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
  if (spec.type !== 'ExternalName') {
    validateFamilies(spec, errors);
    validateClusterIPs(spec, errors);
  }
  for (const [index, ip] of (spec.externalIPs ?? []).entries()) {
    const problems = ipProblems(ip);
    pushInvalid(errors, `spec.externalIPs[${index}]`, ip, problems);
    if (problems.length === 0) validateNonSpecialIP(ip, `spec.externalIPs[${index}]`, errors);
  }
  requireOneOf(spec.type, TYPES, 'spec.type', errors);
  validateNodePorts(spec, errors);
  validateUniquePorts(ports, errors);
  validateLoadBalancer(service, errors);
  validateTrafficPolicy(spec, errors);
  // Whether the fields fit each other is only asked when each is right.
  if (errors.length === before) validateTrafficFit(spec, errors);
}

export function validateServiceUpdate(service: Service, old: Service, errors: FieldError[]): void {
  validateFixedIPs(service.spec ?? {}, old.spec ?? {}, errors);
  validateFixedClass(service.spec ?? {}, old.spec ?? {}, errors);
  validateService(service, errors);
}

function validateType(spec: ServiceSpec, isHeadless: boolean, errors: FieldError[]): void {
  switch (spec.type) {
    case 'LoadBalancer':
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
      forbidFamilies(spec, errors);
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
  for (const [index, { protocol = '', port = 0 }] of (ports as readonly Partial<ServicePort>[]).entries()) {
    const key = `${protocol}/${port}`;
    if (taken.has(key)) {
      // The value is a struct of the Go server's.
      const shown = `core.ServicePort{Name:"", Protocol:${JSON.stringify(protocol)}, AppProtocol:(*string)(nil), Port:${port}, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}`;
      errors.push(duplicate(`spec.ports[${index}]`, { protocol, port }, shown));
    }
    taken.add(key);
  }
}

function validateTrafficPolicy(spec: ServiceSpec, errors: FieldError[]): void {
  const { externalTrafficPolicy: policy, healthCheckNodePort = 0, internalTrafficPolicy, trafficDistribution } = spec;
  if (policy !== undefined && policy !== 'Cluster' && policy !== 'Local') {
    const detail = 'ExternalTrafficPolicy must be empty, Cluster or Local';
    errors.push(invalid('spec.externalTrafficPolicy', policy, detail));
  }
  if (healthCheckNodePort < 0) {
    const detail = 'HealthCheckNodePort must be not less than 0';
    errors.push(invalid('spec.healthCheckNodePort', healthCheckNodePort, detail));
  }
  if (internalTrafficPolicy !== undefined) {
    validateOneOf(internalTrafficPolicy, INTERNAL_POLICIES, 'spec.internalTrafficPolicy', errors);
  }
  if (trafficDistribution !== undefined) {
    validateOneOf(trafficDistribution, DISTRIBUTIONS, 'spec.trafficDistribution', errors);
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
