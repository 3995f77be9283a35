import { mesosRequiredFields } from '@kubernetes-mesos/protos';

/** Paths of the required fields that plain data of message `name` lacks, in the order of the message. */
export function missingFields(name: string, plain: Readonly<Record<string, unknown>>): string[] {
  const missing: string[] = [];
  collect(name, plain, '', missing);
  return missing;
}

function collect(name: string, plain: Readonly<Record<string, unknown>>, path: string, missing: string[]): void {
  const fields = mesosRequiredFields[name];
  if (fields === undefined) return;
  for (const field of fields.required ?? []) if (!Object.hasOwn(plain, field)) missing.push(path + field);
  for (const field in fields.messages) {
    const value = plain[field];
    const type = fields.messages[field];
    if (value === undefined || type === undefined) continue;
    if (Array.isArray(value)) {
      value.forEach((item, index) => collectValue(type, item, `${path}${field}[${index}].`, missing));
    } else collectValue(type, value, `${path}${field}.`, missing);
  }
  for (const field in fields.maps) {
    const value = plain[field];
    const type = fields.maps[field];
    if (!isRecord(value) || type === undefined) continue;
    for (const [key, item] of Object.entries(value)) collectValue(type, item, `${path}${field}["${key}"].`, missing);
  }
}

function collectValue(type: string, value: unknown, path: string, missing: string[]): void {
  if (isRecord(value)) collect(type, value, path, missing);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
