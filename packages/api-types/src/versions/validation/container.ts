import type { InternalContainer, InternalHandler, InternalProbe, IntOrString } from '../shared/internal';
import type { Problems } from './errors';
import { PORT_RANGE_DETAIL, cIdentifier, dnsLabel, isPort } from './formats';
import { validateResourceName } from './resources';

const PROTOCOLS = new Set(['TCP', 'UDP']);
const PULL_POLICIES = new Set(['Always', 'IfNotPresent', 'Never']);

export interface PodRules {
  /** Whether containers may be privileged. */
  readonly allowPrivileged: boolean;
}

/** `names`: of the containers before this one, to which this one's is added. */
export function validateContainer(
  problems: Problems,
  container: InternalContainer,
  { names, volumes, rules }: { names: Set<string>; volumes: ReadonlySet<string>; rules: PodRules },
): void {
  validateName(problems, container, names, rules);
  if ((container.image ?? '') === '') problems.at('image').required();
  const { lifecycle } = container;
  if (lifecycle?.postStart !== undefined) validateHandler(problems.at('lifecycle.postStart'), lifecycle.postStart);
  if (lifecycle?.preStop !== undefined) validateHandler(problems.at('lifecycle.preStop'), lifecycle.preStop);
  validateProbe(problems.at('livenessProbe'), container.livenessProbe);
  validateProbe(problems.at('readinessProbe'), container.readinessProbe);
  validatePorts(problems.at('ports'), container.ports ?? []);
  for (const [index, { name }] of (container.env ?? []).entries()) {
    const env = problems.at(`env[${index}].name`);
    if (name === '') env.required();
    env.checkText(name, cIdentifier);
  }
  for (const [index, { name, mountPath }] of (container.volumeMounts ?? []).entries()) {
    const mount = problems.at(`volumeMounts[${index}]`);
    if (name === '') mount.at('name').required();
    else if (!volumes.has(name)) mount.at('name').notFound(name);
    if (mountPath === '') mount.at('mountPath').required();
  }
  const { imagePullPolicy = '' } = container;
  if (imagePullPolicy === '') problems.at('pullPolicy').required();
  else if (!PULL_POLICIES.has(imagePullPolicy)) problems.at('pullPolicy').notSupported(imagePullPolicy);
  // The word is doubled in the path that the old server gave.
  for (const name of Object.keys(container.resources?.limits ?? {}).sort()) {
    validateResourceName(problems.at(`resources.resources.limits[${name}]`), name);
  }
}

/** Privilege was looked at only where the name had no fault. */
function validateName(problems: Problems, container: InternalContainer, names: Set<string>, rules: PodRules): void {
  const { name } = container;
  if (name === '') problems.at('name').required();
  else if (!dnsLabel.accepts(name)) problems.at('name').invalid(name, dnsLabel.detail);
  else if (names.has(name)) problems.at('name').duplicate(name);
  else if (container.securityContext?.privileged === true && !rules.allowPrivileged) {
    problems.at('privileged').forbidden(true);
  }
  names.add(name);
}

function validatePorts(problems: Problems, ports: NonNullable<InternalContainer['ports']>): void {
  const names = new Set<string>();
  for (const [index, { name = '', containerPort, hostPort = 0, protocol = '' }] of ports.entries()) {
    const port = problems.at(`[${index}]`);
    if (name !== '') {
      if (!dnsLabel.accepts(name)) port.at('name').invalid(name, dnsLabel.detail);
      else if (names.has(name)) port.at('name').duplicate(name);
      names.add(name);
    }
    if (!isPort(containerPort)) port.at('containerPort').invalid(containerPort, PORT_RANGE_DETAIL);
    if (hostPort !== 0 && !isPort(hostPort)) port.at('hostPort').invalid(hostPort, PORT_RANGE_DETAIL);
    if (protocol === '') port.at('protocol').required();
    else if (!PROTOCOLS.has(protocol.toUpperCase())) port.at('protocol').notSupported(protocol);
  }
}

function validateProbe(problems: Problems, probe: InternalProbe | undefined): void {
  if (probe === undefined) return;
  const negative = 'may not be less than zero';
  validateHandler(problems, probe);
  const { initialDelaySeconds = 0, timeoutSeconds = 0 } = probe;
  if (initialDelaySeconds < 0) problems.at('initialDelay').invalid(initialDelaySeconds, negative);
  if (timeoutSeconds < 0) problems.at('timeout').invalid(timeoutSeconds, negative);
}

function validateHandler(problems: Problems, handler: InternalHandler): void {
  const { exec, httpGet, tcpSocket } = handler;
  if (exec !== undefined && (exec.command ?? []).length === 0) problems.at('exec.command').required();
  if (httpGet !== undefined) {
    if ((httpGet.path ?? '') === '') problems.at('httpGet.path').required();
    validateHandlerPort(problems.at('httpGet.port'), httpGet.port);
  }
  if (tcpSocket !== undefined) validateHandlerPort(problems.at('tcpSocket.port'), tcpSocket.port);
  const given = [exec, httpGet, tcpSocket].filter((action) => action !== undefined).length;
  if (given !== 1) problems.invalid(handler, 'exactly 1 handler type is required');
}

function validateHandlerPort(problems: Problems, port: IntOrString): void {
  if (typeof port === 'number' && !isPort(port)) problems.invalid(port, PORT_RANGE_DETAIL);
  if (port === '') problems.required();
}
