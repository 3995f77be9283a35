import type { FieldError, FieldErrorReason } from '../../machinery/field-error';
import type { StatusCause } from '../../machinery/status';

const WORDS: Readonly<Record<FieldErrorReason, string>> = {
  FieldValueRequired: 'required value',
  FieldValueInvalid: 'invalid value',
  FieldValueNotSupported: 'unsupported value',
  FieldValueDuplicate: 'duplicate value',
  FieldValueForbidden: 'forbidden',
  FieldValueNotFound: 'not found',
  FieldValueTooLong: 'too long',
  FieldValueTooMany: 'too many',
  InternalError: 'internal error',
};

/** `spec.port: invalid value '0': must be greater than 0 and less than 65536`, as release 0.14 said it. */
export function legacyErrorText(error: FieldError): string {
  const { reason, field, value, detail } = error;
  if (field === '') return detail;
  const words = `${field}: ${WORDS[reason]}`;
  if (reason === 'FieldValueRequired') return words;
  if (reason === 'FieldValueTooLong') return detail === '' ? words : `${words}: ${detail}`;
  const shown = `${words} '${goText(value)}'`;
  return detail === '' ? shown : `${shown}: ${detail}`;
}

/** All of them in one text: several stand in brackets. */
export function legacyErrorsText(errors: readonly FieldError[]): string {
  const texts = errors.map(legacyErrorText);
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** The causes of a Status; a refusal that names no field is none. */
export function legacyCauses(errors: readonly FieldError[]): StatusCause[] {
  return errors
    .filter(({ field }) => field !== '')
    .map((error) => ({ reason: error.reason, message: legacyErrorText(error), field: error.field }));
}

/** A value as Go's `%+v` prints it. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${members.map(([key, member]) => `${key}:${goText(member)}`).join(' ')}]`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
