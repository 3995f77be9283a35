import type { ObjectMeta } from '../../machinery/object';
import type { Problems } from './errors';
import { dnsSubdomain, labelValue, qualifiedName, type TextFormat } from './formats';

/** Bytes of all annotation keys and values together. */
const MAX_ANNOTATIONS_LENGTH = 65536;

export function validateMeta(problems: Problems, meta: ObjectMeta, namespaced: boolean, nameFormat: TextFormat): void {
  const { name = '', generateName = '', namespace = '' } = meta;
  if (generateName !== '') {
    // A generated part follows, so a dash at the end is fine.
    const prefix = generateName.replace(/-$/, 'a');
    if (!nameFormat.accepts(prefix)) problems.at('generateName').invalid(generateName, nameFormat.detail);
  }
  problems.at('name').requireText(name, nameFormat);
  if (namespaced) problems.at('namespace').requireText(namespace, dnsSubdomain);
  validateLabels(problems.at('labels'), meta.labels);
  validateAnnotations(problems.at('annotations'), meta.annotations);
}

/** The uid, when the client gave one, and the name may not change. */
export function validateMetaUpdate(problems: Problems, meta: ObjectMeta, old: ObjectMeta): void {
  const immutable = 'field is immutable';
  if (meta.name !== old.name) problems.at('name').invalid(meta.name, immutable);
  if (meta.namespace !== old.namespace) problems.at('namespace').invalid(meta.namespace, immutable);
  if (meta.uid !== old.uid) problems.at('uid').invalid(meta.uid, immutable);
  validateLabels(problems.at('labels'), meta.labels);
  validateAnnotations(problems.at('annotations'), meta.annotations);
}

export function validateLabels(problems: Problems, labels: Readonly<Record<string, string>> = {}): void {
  for (const [key, value] of sorted(labels)) {
    problems.checkText(key, qualifiedName);
    problems.checkText(value, labelValue);
  }
}

function validateAnnotations(problems: Problems, annotations: Readonly<Record<string, string>> = {}): void {
  let length = 0;
  for (const [key, value] of sorted(annotations)) {
    if (!qualifiedName.accepts(key.toLowerCase())) problems.invalid(key, qualifiedName.detail);
    length += key.length + value.length;
  }
  if (length > MAX_ANNOTATIONS_LENGTH) {
    problems.list.push({
      reason: 'FieldValueTooLong',
      field: 'metadata.annotations',
      value: '',
      detail: `must have at most ${MAX_ANNOTATIONS_LENGTH} characters`,
    });
  }
}

function sorted(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
