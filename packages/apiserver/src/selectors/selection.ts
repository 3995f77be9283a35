import {
  ALL_FIELDS,
  ALL_LABELS,
  badRequest,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  SelectorSyntaxError,
  unsupportedFieldText,
  type FieldSelector,
  type KubeObject,
  type LabelQuery,
} from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';

/** Which objects of a resource a request means. */
export interface Selection {
  /** Selects every object; then nothing needs to be looked at. */
  readonly isEverything: boolean;
  /** Same text for selections that select the same: the key of what is shared between watchers. */
  readonly cacheKey: string;
  /** The only name that can be selected, when the selection demands one. */
  readonly name: string | undefined;
  matches(object: KubeObject): boolean;
}

export const SELECT_ALL: Selection = { isEverything: true, cacheKey: '', name: undefined, matches: () => true };

/**
 * Reads `labelSelector` and `fieldSelector` for a resource.
 * @throws StatusError 400 when they cannot be read or name a field that the resource does not select by
 */
export function parseSelection(resource: ServedResource, labelText: string, fieldText: string): Selection {
  if (labelText === '' && fieldText === '') return SELECT_ALL;
  try {
    return selectionOf(resource, parseLabelSelector(labelText), parseFieldSelector(fieldText));
  } catch (error) {
    if (error instanceof SelectorSyntaxError) throw badRequest(error.message);
    throw error;
  }
}

/** The selection of one object by its name. */
export function selectName(resource: ServedResource, name: string): Selection {
  return selectionOf(resource, ALL_LABELS, {
    terms: [{ field: 'metadata.name', operator: '=', value: name }],
  });
}

/** @throws StatusError 400 for a field that the resource does not select by */
export function selectionOf(
  resource: ServedResource,
  labels: LabelQuery,
  fields: FieldSelector = ALL_FIELDS,
): Selection {
  if (labels.requirements.length === 0 && fields.terms.length === 0) return SELECT_ALL;
  const tests = fields.terms.map((term) => {
    const read = fieldReader(resource, term.field);
    return term.operator === '='
      ? (object: KubeObject) => read(object) === term.value
      : (object: KubeObject) => read(object) !== term.value;
  });
  return {
    isEverything: false,
    cacheKey: JSON.stringify([fields.terms, labels.requirements]),
    name: fields.terms.find((term) => term.field === 'metadata.name' && term.operator === '=')?.value,
    matches: (object) => tests.every((test) => test(object)) && matchesLabels(labels, object.metadata.labels),
  };
}

/** Names of fields from before v1 that v1 still selects by. */
const OLD_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  pods: { 'spec.host': 'spec.nodeName' },
};

function fieldReader(resource: ServedResource, givenField: string): (object: KubeObject) => string {
  const field = OLD_FIELDS[resource.definition.names.plural]?.[givenField] ?? givenField;
  if (field === 'metadata.name') return (object) => object.metadata.name ?? '';
  const { selectableFields, scope } = resource.definition;
  const hasOwnFields = Object.keys(selectableFields).length > 0;
  if (field === 'metadata.namespace' && (scope === 'Namespaced' || !hasOwnFields)) {
    return (object) => object.metadata.namespace ?? '';
  }
  const reader = Object.hasOwn(selectableFields, field) ? selectableFields[field] : undefined;
  if (reader === undefined) throw badRequest(unsupportedFieldText(field, hasOwnFields));
  return reader;
}
