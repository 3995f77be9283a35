import type { Container, HTTPGetAction, LifecycleHandler, Probe } from '../../../generated/core-v1.types';
import { pullPolicyOf } from './image-reference';
import { roundRequirements } from './resource-list';

/** Fields that init, main and ephemeral containers have in common. */
type AnyContainer = Container;

export function applyContainerDefaults(container: AnyContainer): void {
  container.imagePullPolicy ??= pullPolicyOf(container.image);
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef !== undefined) valueFrom.fieldRef.apiVersion ??= 'v1';
    if (valueFrom?.resourceFieldRef !== undefined) valueFrom.resourceFieldRef.divisor ??= '0';
  }
  roundRequirements(container.resources);
  applyProbeDefaults(container.livenessProbe);
  applyProbeDefaults(container.readinessProbe);
  applyProbeDefaults(container.startupProbe);
  applyHandlerDefaults(container.lifecycle?.postStart);
  applyHandlerDefaults(container.lifecycle?.preStop);
}

/** Every amount that has a limit but no request is requested as well. Pods only, not templates. */
export function requestLimits(container: AnyContainer): void {
  const { resources } = container;
  if (resources?.limits === undefined) return;
  const requests = (resources.requests ??= {});
  for (const [name, limit] of Object.entries(resources.limits)) requests[name] ??= limit;
}

/** With the host's network a port is the host's. */
export function useHostPorts(container: AnyContainer): void {
  for (const port of container.ports ?? []) port.hostPort ??= port.containerPort;
}

function applyProbeDefaults(probe: Probe | undefined): void {
  if (probe === undefined) return;
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  applyHttpGetDefaults(probe.httpGet);
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
}

function applyHandlerDefaults(handler: LifecycleHandler | undefined): void {
  applyHttpGetDefaults(handler?.httpGet);
}

function applyHttpGetDefaults(action: HTTPGetAction | undefined): void {
  if (action === undefined) return;
  action.path ??= '/';
  action.scheme ??= 'HTTP';
}
