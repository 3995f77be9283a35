import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../../generated/core-v1.types';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, type FieldPath } from '../../../machinery/field-path';
import { httpHeaderNameProblems, portNumberProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { requireText, validateOneOf } from './helpers';
import { validateNonNegative, validatePortNumberOrName } from './ports';

const HTTP_SCHEMES: readonly string[] = ['HTTP', 'HTTPS'];

/** `httpGet`, `exec`, ...: exactly one must be there. */
type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>;

/** Probes that decide about life and death cannot ask for several successes. */
export function validateVitalProbe(probe: Probe, path: FieldPath, errors: FieldError[]): void {
  validateProbe(probe, path, errors);
  if (probe.successThreshold === 1) return;
  errors.push(invalid(child(path, 'successThreshold'), probe.successThreshold ?? 0, 'must be 1'));
}

export function validateReadinessProbe(probe: Probe, path: FieldPath, errors: FieldError[]): void {
  validateProbe(probe, path, errors);
  const { terminationGracePeriodSeconds: grace } = probe;
  if (grace === undefined) return;
  const detail = 'must not be set for readinessProbes';
  errors.push(invalid(child(path, 'terminationGracePeriodSeconds'), grace, detail));
}

/** @param graceSeconds that the pod has for ending; what sleeps longer is pointless */
export function validateLifecycle(
  lifecycle: Lifecycle,
  graceSeconds: number | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { postStart, preStop } = lifecycle;
  if (postStart !== undefined) validateHandler(postStart, graceSeconds, child(path, 'postStart'), errors);
  if (preStop !== undefined) validateHandler(preStop, graceSeconds, child(path, 'preStop'), errors);
}

function validateProbe(probe: Probe, path: FieldPath, errors: FieldError[]): void {
  validateHandler(probe, undefined, path, errors);
  validateNonNegative(probe.initialDelaySeconds, child(path, 'initialDelaySeconds'), errors);
  validateNonNegative(probe.timeoutSeconds, child(path, 'timeoutSeconds'), errors);
  validateNonNegative(probe.periodSeconds, child(path, 'periodSeconds'), errors);
  validateNonNegative(probe.successThreshold, child(path, 'successThreshold'), errors);
  validateNonNegative(probe.failureThreshold, child(path, 'failureThreshold'), errors);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(child(path, 'terminationGracePeriodSeconds'), grace, 'must be greater than 0'));
  }
}

function validateHandler(
  handler: Handler,
  graceSeconds: number | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  let isTaken = false;
  if (exec !== undefined) {
    isTaken = true;
    if ((exec.command ?? []).length === 0) errors.push(required(child(path, 'exec.command')));
  }
  if (httpGet !== undefined) {
    if (isTaken) refuseAnother(child(path, 'httpGet'), errors);
    else validateHttpGet(httpGet, child(path, 'httpGet'), errors);
    isTaken = true;
  }
  if (tcpSocket !== undefined) {
    if (isTaken) refuseAnother(child(path, 'tcpSocket'), errors);
    else validatePortNumberOrName(tcpSocket.port, child(path, 'tcpSocket.port'), errors);
    isTaken = true;
  }
  if (grpc !== undefined) {
    const port = (grpc as Partial<typeof grpc>).port ?? 0;
    if (isTaken) refuseAnother(child(path, 'grpc'), errors);
    else pushInvalid(errors, child(path, 'grpc.port'), port, portNumberProblems(port));
    isTaken = true;
  }
  if (sleep !== undefined) {
    const seconds = (sleep as Partial<typeof sleep>).seconds ?? 0;
    if (isTaken) refuseAnother(child(path, 'sleep'), errors);
    else if (graceSeconds !== undefined && (seconds < 0 || seconds > graceSeconds)) {
      const detail = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
      errors.push(invalid(child(path, 'sleep'), seconds, detail));
    }
    isTaken = true;
  }
  if (!isTaken) errors.push(required(path, 'must specify a handler type'));
}

function refuseAnother(path: FieldPath, errors: FieldError[]): void {
  errors.push(forbidden(path, 'may not specify more than 1 handler type'));
}

function validateHttpGet(action: HTTPGetAction, path: FieldPath, errors: FieldError[]): void {
  requireText(action.path, child(path, 'path'), errors);
  validatePortNumberOrName(action.port, child(path, 'port'), errors);
  validateOneOf(action.scheme ?? '', HTTP_SCHEMES, child(path, 'scheme'), errors);
  for (const { name = '' } of action.httpHeaders ?? []) {
    pushInvalid(errors, child(path, 'httpHeaders'), name, httpHeaderNameProblems(name));
  }
}
