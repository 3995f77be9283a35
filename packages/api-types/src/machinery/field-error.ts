import type { FieldPath } from './field-path';

/** A field that validation refuses, as data. `reason` and texts are upstream's `field.Error`. */
export type FieldErrorReason =
  | 'FieldValueRequired'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueDuplicate'
  | 'FieldValueForbidden'
  | 'FieldValueNotFound'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError';

export interface FieldError {
  readonly reason: FieldErrorReason;
  /** `spec.containers[0].name` */
  readonly field: string;
  /** The refused value, where the text shows it. */
  readonly value?: unknown;
  /** How the text shows the value, where that is not how its JSON would look (`[]string(nil)`). */
  readonly shownValue?: string;
  /** What is wrong, without the reason's own words: `must be greater than zero`. */
  readonly detail: string;
}

export function required(field: FieldPath, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', field: field ?? '', detail };
}

export function invalid(field: FieldPath, value: unknown, detail: string, shownValue?: string): FieldError {
  return {
    reason: 'FieldValueInvalid',
    field: field ?? '',
    value,
    detail,
    ...(shownValue === undefined ? {} : { shownValue }),
  };
}

export function notSupported(
  field: FieldPath,
  value: unknown,
  supported: readonly string[],
  shownValue?: string,
): FieldError {
  const detail =
    supported.length === 0 ? '' : `supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`;
  return {
    reason: 'FieldValueNotSupported',
    field: field ?? '',
    value,
    detail,
    ...(shownValue === undefined ? {} : { shownValue }),
  };
}

export function duplicate(field: FieldPath, value: unknown, shownValue?: string): FieldError {
  return {
    reason: 'FieldValueDuplicate',
    field: field ?? '',
    value,
    detail: '',
    ...(shownValue === undefined ? {} : { shownValue }),
  };
}

export function forbidden(field: FieldPath, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field: field ?? '', detail };
}

export function notFound(field: FieldPath, value: unknown): FieldError {
  return { reason: 'FieldValueNotFound', field: field ?? '', value, detail: '' };
}

export function tooLong(field: FieldPath, value: unknown, maxLength: number): FieldError {
  return { reason: 'FieldValueTooLong', field: field ?? '', value, detail: `must have at most ${maxLength} bytes` };
}

export function tooMany(field: FieldPath, actual: number, maxItems: number): FieldError {
  return {
    reason: 'FieldValueTooMany',
    field: field ?? '',
    value: actual,
    detail: `must have at most ${maxItems} items`,
  };
}
