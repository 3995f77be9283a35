import { invalid, type FieldError } from '../../../machinery/field-error';
import type { FieldPath } from '../../../machinery/field-path';
import { portNameProblems, portNumberProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';

export const PORT_PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP'];

/** A port by number or by the name of a container's port. */
export function validatePortNumberOrName(
  port: string | number | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  if (typeof port === 'string') pushInvalid(errors, path, port, portNameProblems(port));
  else pushInvalid(errors, path, port ?? 0, portNumberProblems(port ?? 0));
}

export function validateNonNegative(value: number | undefined, path: FieldPath, errors: FieldError[]): void {
  if (value !== undefined && value < 0) errors.push(invalid(path, value, 'must be greater than or equal to 0'));
}
