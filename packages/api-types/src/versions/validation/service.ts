import type { InternalService, InternalServicePort, IntOrString } from '../shared/internal';
import { serviceFromInternal } from '../shared/service';
import type { Problems } from './errors';
import { PORT_RANGE_DETAIL, dns952Label, isPort } from './formats';
import { validateLabels, validateMeta, validateMetaUpdate } from './metadata';

const AFFINITIES = new Set(['None', 'ClientIP']);
const PROTOCOLS = new Set(['TCP', 'UDP']);
const IMMUTABLE = 'field is immutable';

export function validateService(problems: Problems, service: InternalService): void {
  validateMeta(problems.at('metadata'), service.metadata, true, dns952Label);
  const value = serviceFromInternal(service);
  const spec = problems.at('spec');
  if (!isPort(value.port)) spec.at('port').invalid(value.port, PORT_RANGE_DETAIL);
  if (value.protocol === '') spec.at('protocol').required();
  else if (!PROTOCOLS.has(value.protocol.toUpperCase())) spec.at('protocol').notSupported(value.protocol);
  validateTargetPort(spec.at('containerPort'), value.targetPort, value.port);
  validateFurtherPorts(spec, service.spec.ports ?? []);
  if (value.selector !== null) validateLabels(spec.at('selector'), value.selector);
  if (value.sessionAffinity === '') spec.at('sessionAffinity').required();
  else if (!AFFINITIES.has(value.sessionAffinity)) spec.at('sessionAffinity').notSupported(value.sessionAffinity);
  if (value.portalIP !== '' && value.portalIP !== 'None' && !isAddress(value.portalIP)) {
    spec.at('portalIP').invalid(value.portalIP, "portalIP should be empty, 'None', or a valid IP address");
  }
  for (const ip of value.publicIPs ?? []) {
    if (ip === '0.0.0.0') spec.at('publicIPs').invalid(ip, 'is not an IP address');
    else if (isLoopback(ip)) spec.at('publicIPs').invalid(ip, 'publicIP cannot be a loopback');
  }
}

/** Release 0.14 knew one port only; several are told apart by their names. */
function validateFurtherPorts(spec: Problems, ports: readonly InternalServicePort[]): void {
  if (ports.length < 2) return;
  const names = new Set<string>();
  for (const [index, { name = '', port, protocol = '', targetPort = 0 }] of ports.entries()) {
    const here = spec.at(`ports[${index}]`);
    if (name === '') here.at('name').required();
    else if (names.has(name)) here.at('name').duplicate(name);
    names.add(name);
    if (index === 0) continue;
    if (!isPort(port)) here.at('port').invalid(port, PORT_RANGE_DETAIL);
    if (!PROTOCOLS.has(protocol.toUpperCase())) here.at('protocol').notSupported(protocol);
    validateTargetPort(here.at('targetPort'), targetPort, port);
  }
}

/** A service's address stays; all else may change to anything. */
export function validateServiceUpdate(problems: Problems, service: InternalService, old: InternalService): void {
  if ((service.metadata.resourceVersion ?? '') === '') {
    problems.at('metadata.resourceVersion').invalid('', 'resourceVersion must be specified for an update');
  }
  validateMetaUpdate(problems.at('metadata'), service.metadata, old.metadata);
  const { clusterIP = '' } = service.spec;
  const { clusterIP: oldIP = '' } = old.spec;
  if (oldIP !== '' && clusterIP !== oldIP) problems.at('spec.portalIP').invalid(clusterIP, IMMUTABLE);
}

/** 0 is the service's own port. A number out of range is reported with the service's port, as the old server did. */
function validateTargetPort(problems: Problems, target: IntOrString, port: number): void {
  if (target === '') problems.required();
  else if (typeof target === 'number' && target !== 0 && !isPort(target)) problems.invalid(port, PORT_RANGE_DETAIL);
}

function isAddress(text: string): boolean {
  return isIPv4(text) || (text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text));
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function isLoopback(text: string): boolean {
  return text === 'localhost' || text === '::1' || (isIPv4(text) && text.startsWith('127.'));
}
