import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../../generated/core-v1.types';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { httpHeaderNameProblems, portNumberProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';
import { requireText, validateOneOf } from './helpers';
import { validateNonNegative, validatePortNumberOrName } from './ports';

const HTTP_SCHEMES: readonly string[] = ['HTTP', 'HTTPS'];

/** `httpGet`, `exec`, ...: exactly one must be there. */
type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>;

export function validateProbe(probe: Probe | undefined, path: string, errors: FieldError[]): void {
  if (probe === undefined) return;
  validateHandler(probe, path, errors);
  validateNonNegative(probe.initialDelaySeconds, `${path}.initialDelaySeconds`, errors);
  validateNonNegative(probe.timeoutSeconds, `${path}.timeoutSeconds`, errors);
  validateNonNegative(probe.periodSeconds, `${path}.periodSeconds`, errors);
  validateNonNegative(probe.successThreshold, `${path}.successThreshold`, errors);
  validateNonNegative(probe.failureThreshold, `${path}.failureThreshold`, errors);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
}

/** Probes that decide about life and death cannot ask for several successes. */
export function validateSingleSuccess(probe: Probe | undefined, path: string, errors: FieldError[]): void {
  if (probe === undefined || probe.successThreshold === 1) return;
  errors.push(invalid(`${path}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
}

export function validateLifecycle(lifecycle: Lifecycle | undefined, path: string, errors: FieldError[]): void {
  if (lifecycle?.postStart !== undefined) validateHandler(lifecycle.postStart, `${path}.postStart`, errors);
  if (lifecycle?.preStop !== undefined) validateHandler(lifecycle.preStop, `${path}.preStop`, errors);
}

function validateHandler(handler: Handler, path: string, errors: FieldError[]): void {
  let count = 0;
  const isFirst = (name: string): boolean => {
    count += 1;
    if (count > 1) errors.push(forbidden(`${path}.${name}`, 'may not specify more than 1 handler type'));
    return count === 1;
  };
  if (handler.exec !== undefined && isFirst('exec') && (handler.exec.command ?? []).length === 0) {
    errors.push(required(`${path}.exec.command`));
  }
  if (handler.httpGet !== undefined && isFirst('httpGet')) validateHttpGet(handler.httpGet, `${path}.httpGet`, errors);
  if (handler.tcpSocket !== undefined && isFirst('tcpSocket')) {
    validatePortNumberOrName(handler.tcpSocket.port, `${path}.tcpSocket.port`, errors);
  }
  if (handler.grpc !== undefined && isFirst('grpc')) {
    pushInvalid(errors, `${path}.grpc.port`, handler.grpc.port, portNumberProblems(handler.grpc.port));
  }
  if (handler.sleep !== undefined && isFirst('sleep')) {
    validateNonNegative(handler.sleep.seconds, `${path}.sleep.seconds`, errors);
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
}

function validateHttpGet(action: HTTPGetAction, path: string, errors: FieldError[]): void {
  requireText(action.path, `${path}.path`, errors);
  validatePortNumberOrName(action.port, `${path}.port`, errors);
  validateOneOf(action.scheme ?? '', HTTP_SCHEMES, `${path}.scheme`, errors);
  for (const { name = '' } of action.httpHeaders ?? []) {
    pushInvalid(errors, `${path}.httpHeaders`, name, httpHeaderNameProblems(name));
  }
}
