import type { Container, ContainerPort } from '../../../generated/core-v1.types';
import { duplicate, required, type FieldError } from '../../../machinery/field-error';
import { child, element, type FieldPath } from '../../../machinery/field-path';
import { portNameProblems, portNumberProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { requireOneOf } from './helpers';
import { PORT_PROTOCOLS } from './ports';

export function validateContainerPorts(ports: readonly ContainerPort[], path: FieldPath, errors: FieldError[]): void {
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = element(path, index);
    const { name = '', containerPort = 0, hostPort = 0, protocol } = port as Partial<ContainerPort>;
    if (name !== '') {
      const problems = portNameProblems(name);
      pushInvalid(errors, child(at, 'name'), name, problems);
      if (problems.length === 0 && names.has(name)) errors.push(duplicate(child(at, 'name'), name));
      names.add(name);
    }
    if (containerPort === 0) errors.push(required(child(at, 'containerPort')));
    else pushInvalid(errors, child(at, 'containerPort'), containerPort, portNumberProblems(containerPort));
    if (hostPort !== 0) pushInvalid(errors, child(at, 'hostPort'), hostPort, portNumberProblems(hostPort));
    requireOneOf(protocol, PORT_PROTOCOLS, child(at, 'protocol'), errors);
  }
}

/** A port of the host can be had once. */
export function validateHostPorts(containers: readonly Container[], path: FieldPath, errors: FieldError[]): void {
  let taken: Set<string> | undefined;
  for (const [index, { ports }] of containers.entries()) {
    if (ports === undefined) continue;
    for (const [position, { hostPort = 0, hostIP = '', protocol = '' }] of ports.entries()) {
      if (hostPort === 0) continue;
      const wanted = `${protocol}/${hostIP}/${hostPort}`;
      taken ??= new Set();
      if (taken.has(wanted)) {
        const at = element(child(element(path, index), 'ports'), position);
        errors.push(duplicate(child(at, 'hostPort'), wanted));
      }
      taken.add(wanted);
    }
  }
}
