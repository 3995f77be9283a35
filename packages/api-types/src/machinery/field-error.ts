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

export function required(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', field, detail };
}

export function invalid(field: string, value: unknown, detail: string, shownValue?: string): FieldError {
  return { reason: 'FieldValueInvalid', field, value, detail, ...(shownValue === undefined ? {} : { shownValue }) };
}

export function notSupported(
  field: string,
  value: unknown,
  supported: readonly string[],
  shownValue?: string,
): FieldError {
  const detail =
    supported.length === 0 ? '' : `supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`;
  return {
    reason: 'FieldValueNotSupported',
    field,
    value,
    detail,
    ...(shownValue === undefined ? {} : { shownValue }),
  };
}

export function duplicate(field: string, value: unknown, shownValue?: string): FieldError {
  return {
    reason: 'FieldValueDuplicate',
    field,
    value,
    detail: '',
    ...(shownValue === undefined ? {} : { shownValue }),
  };
}

export function forbidden(field: string, detail: string): FieldError {
  return { reason: 'FieldValueForbidden', field, detail };
}

export function notFound(field: string, value: unknown): FieldError {
  return { reason: 'FieldValueNotFound', field, value, detail: '' };
}

export function tooLong(field: string, value: unknown, maxLength: number): FieldError {
  return { reason: 'FieldValueTooLong', field, value, detail: `must have at most ${maxLength} bytes` };
}

export function tooMany(field: string, actual: number, maxItems: number): FieldError {
  return { reason: 'FieldValueTooMany', field, value: actual, detail: `must have at most ${maxItems} items` };
}
