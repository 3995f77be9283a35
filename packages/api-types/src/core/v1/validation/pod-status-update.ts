import type { ContainerStatus, Pod, PodCondition, PodSpec } from '../../../generated/core-v1.types';
import { duplicate, forbidden, invalid, type FieldError } from '../../../machinery/field-error';
import { goSlice, goString, goStruct } from '../../../machinery/go-values';
import { dnsSubdomainProblems, qualifiedNameProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { ipFamily, ipProblems } from './ip';
import { validatePodAnnotationUpdate } from './pod-annotations';

const SYSTEM_CONDITIONS: readonly string[] = ['PodScheduled', 'Ready', 'Initialized'];
const ONE_IP_TEXT = 'may specify no more than one IP for each IP family';

/** What a write of a pod's status may not do. */
export function validatePodStatusUpdate(pod: Pod, old: Pod, errors: FieldError[]): void {
  const { status = {}, spec = { containers: [] } } = pod;
  const oldStatus = old.status ?? {};
  validatePodAnnotationUpdate(pod.metadata.annotations, old.metadata.annotations, spec, 'metadata.annotations', errors);
  validateConditions(status.conditions ?? [], errors);
  const nominated = status.nominatedNodeName ?? '';
  if (nominated !== '' && nominated !== oldStatus.nominatedNodeName) {
    pushInvalid(errors, 'status.nominatedNodeName', nominated, dnsSubdomainProblems(nominated));
  }
  validateTransitions(status.containerStatuses, oldStatus.containerStatuses, spec, 'status.containerStatuses', errors);
  validateTransitions(
    status.initContainerStatuses,
    oldStatus.initContainerStatuses?.map((one) => (isSidecar(one, spec) ? { ...one, state: {} } : one)),
    spec,
    'status.initContainerStatuses',
    errors,
  );
  // Nobody starts an ephemeral container again.
  validateTransitions(
    status.ephemeralContainerStatuses,
    oldStatus.ephemeralContainerStatuses,
    { restartPolicy: 'Never' },
    'status.ephemeralContainerStatuses',
    errors,
  );
  const ipErrors = podIPErrors(pod);
  if (ipErrors.length > 0 && podIPErrors(old).length === 0) errors.push(...ipErrors);
  validateHostIPs(pod, errors);
}

function validateConditions(conditions: readonly Partial<PodCondition>[], errors: FieldError[]): void {
  for (const [index, { type = '' }] of conditions.entries()) {
    if (SYSTEM_CONDITIONS.includes(type)) continue;
    pushInvalid(errors, `metadata.conditions[${index}].Type`, type, qualifiedNameProblems(type));
  }
}

function isSidecar({ name }: ContainerStatus, spec: PodSpec): boolean {
  return spec.initContainers?.find((container) => container.name === name)?.restartPolicy === 'Always';
}

/** A container that has ended for good stays ended. */
function validateTransitions(
  statuses: readonly ContainerStatus[] = [],
  oldStatuses: readonly ContainerStatus[] = [],
  { restartPolicy }: Pick<PodSpec, 'restartPolicy'>,
  path: string,
  errors: FieldError[],
): void {
  if (restartPolicy === 'Always') return;
  for (const [index, old] of oldStatuses.entries()) {
    const end = old.state?.terminated;
    if (end === undefined || ((end.exitCode ?? 0) !== 0 && restartPolicy === 'OnFailure')) continue;
    for (const status of statuses) {
      if (status.name === old.name && status.state?.terminated === undefined) {
        errors.push(forbidden(`${path}[${index}].state`, 'may not be transitioned to non-terminated state'));
      }
    }
  }
}

function podIPErrors({ status }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const ips = (status?.podIPs ?? []).map(({ ip }) => ip ?? '');
  for (const [index, ip] of ips.entries()) pushInvalid(errors, `status.podIPs[${index}]`, ip, ipProblems(ip));
  if (ips.length < 2) return errors;
  if (isMoreThanOneEach(ips)) {
    errors.push(
      invalid(
        'status.podIPs',
        ips,
        ONE_IP_TEXT,
        goSlice('core.PodIP', ips, (ip) => shownIP('core.PodIP', ip)),
      ),
    );
  }
  for (const [index, ip] of ips.entries()) {
    if (ips.indexOf(ip) < index) errors.push(duplicate(`status.podIPs[${index}]`, { ip }, shownIP('core.PodIP', ip)));
  }
  return errors;
}

function validateHostIPs({ status }: Pod, errors: FieldError[]): void {
  const ips = (status?.hostIPs ?? []).map(({ ip }) => ip ?? '');
  const [first] = ips;
  if (first === undefined) return;
  if ((status?.hostIP ?? '') !== first) {
    errors.push(invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`'));
  }
  for (const [index, ip] of ips.entries()) pushInvalid(errors, `status.hostIPs[${index}]`, ip, ipProblems(ip));
  if (ips.length > 1 && isMoreThanOneEach(ips)) {
    errors.push(
      invalid(
        'status.hostIPs',
        ips,
        ONE_IP_TEXT,
        goSlice('core.HostIP', ips, (ip) => shownIP('core.HostIP', ip)),
      ),
    );
  }
}

function isMoreThanOneEach(ips: readonly string[]): boolean {
  return ips.length > 2 || new Set(ips.map(ipFamily)).size !== 2;
}

function shownIP(type: string, ip: string): string {
  return goStruct(type, { IP: goString(ip) });
}
