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
  /** What is wrong, without the reason's own words: `must be greater than zero`. */
  readonly detail: string;
}
