import { badRequest, fieldErrors, type FieldError } from '@kubernetes-mesos/api-types';

/** Query parameters of a log request, as the kubelet reads them. */
const PARAMETERS = [
  'follow',
  'tailLines',
  'sinceSeconds',
  'sinceTime',
  'timestamps',
  'previous',
  'limitBytes',
] as const;

/** Least value of each number, and how it is said that one is less. */
const LEAST = [
  ['tailLines', 0, 'must be greater than or equal to 0'],
  ['limitBytes', 1, 'must be greater than 0'],
  ['sinceSeconds', 1, 'must be greater than 0'],
] as const;

/** The query that the kubelet gets: what it knows of that of the client. Pure. */
export function kubeletLogQuery(query: URLSearchParams): string {
  const passed = new URLSearchParams();
  for (const name of PARAMETERS) {
    const value = query.get(name) ?? '';
    if (value !== '') passed.set(name, value);
  }
  return passed.toString();
}

/** What is wrong with the options of a log request. Pure. @throws StatusError 400 for what is no number */
export function logOptionErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, least, detail] of LEAST) {
    const text = query.get(name) ?? '';
    if (text === '') continue;
    if (!/^[+-]?\d{1,15}$/.test(text))
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    if (Number(text) < least) errors.push(fieldErrors.invalid(name, Number(text), detail));
  }
  if ((query.get('sinceSeconds') ?? '') !== '' && (query.get('sinceTime') ?? '') !== '') {
    errors.push(fieldErrors.forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  }
  return errors;
}
