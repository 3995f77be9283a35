import type { FieldError, FieldErrorReason } from './field-error';

const WORDS: Readonly<Record<FieldErrorReason, string>> = {
  FieldValueRequired: 'Required value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueForbidden: 'Forbidden',
  FieldValueNotFound: 'Not found',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  InternalError: 'Internal error',
};

/** What is wrong, without the field: `Invalid value: -1: must be greater than or equal to 0`. */
export function fieldErrorBody(error: FieldError): string {
  const words = showsValue(error.reason) ? `${WORDS[error.reason]}: ${shownValue(error)}` : WORDS[error.reason];
  return error.detail === '' ? words : `${words}: ${error.detail}`;
}

/** `spec.replicas: Invalid value: -1: must be greater than or equal to 0` */
export function fieldErrorText(error: FieldError): string {
  return `${error.field}: ${fieldErrorBody(error)}`;
}

/** Several in one line; the same text is said once. */
export function fieldErrorsText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(fieldErrorText))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

function showsValue(reason: FieldErrorReason): boolean {
  switch (reason) {
    case 'FieldValueInvalid':
    case 'FieldValueNotSupported':
    case 'FieldValueDuplicate':
    case 'FieldValueNotFound':
    case 'FieldValueTooMany':
      return true;
    case 'FieldValueRequired':
    case 'FieldValueForbidden':
    case 'FieldValueTooLong':
    case 'InternalError':
      return false;
  }
}

function shownValue(error: FieldError): string {
  if (error.shownValue !== undefined) return error.shownValue;
  const { value } = error;
  if (Array.isArray(value)) {
    return value.every((item) => typeof item === 'string')
      ? `[]string{${value.map((item) => JSON.stringify(item)).join(', ')}}`
      : JSON.stringify(value);
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return members.every(([, member]) => typeof member === 'string')
      ? `map[string]string{${members.map(([key, member]) => `${JSON.stringify(key)}:${JSON.stringify(member)}`).join(', ')}}`
      : JSON.stringify(value);
  }
  // A pointer to nothing is shown as a text.
  if (value === undefined || value === null) return '"null"';
  return typeof value === 'string' ? goQuote(value) : JSON.stringify(value);
}

/** A text as Go quotes it. */
function goQuote(text: string): string {
  const quoted = JSON.stringify(text);
  if (!/\\u00|\x7f/.test(quoted)) return quoted;
  return quoted.replace(/\\u00(..)|\x7f/g, (_match, code: string | undefined) => {
    const name = { '07': 'a', '0b': 'v' }[code ?? ''];
    return name === undefined ? `\\x${code ?? '7f'}` : `\\${name}`;
  });
}
