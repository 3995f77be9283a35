import {
  badRequest,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
  plainError,
  SelectorSyntaxError,
  type FieldTerm,
  type KubeObject,
  type LabelQuery,
  type LegacyApiVersion,
  type LegacyResource,
} from '@kubernetes-mesos/api-types';
import { SELECT_ALL, type Selection } from '../selectors/selection';
import { selectableLabels } from './legacy-resource';
import { checkLegacyLabelSyntax, legacySelectorText } from './label-syntax';
import { isLaterNamespace } from './own-objects';

/**
 * Reads the selectors of a request; their parameters are called differently in each version.
 * @throws StatusError 400 for an unknown field, 500 for what cannot be parsed
 */
export function legacySelection(
  version: LegacyApiVersion,
  resource: LegacyResource,
  query: URLSearchParams,
): Selection {
  const labelText = query.get(version.parameters.labels) ?? '';
  const fieldText = query.get(version.parameters.fields) ?? '';
  const isListed = resource.kind === 'Namespace' ? (object: KubeObject) => !isLaterNamespace(object) : undefined;
  if (labelText === '' && fieldText === '' && isListed === undefined) return SELECT_ALL;
  const tests = parseFields(fieldText).map((term) => fieldTest(version, resource, term));
  const labels = parseLabels(labelText);
  return {
    isEverything: false,
    cacheKey: JSON.stringify([version.name, resource.kind, fieldText, labelText]),
    name: undefined,
    matches: (object) =>
      (isListed === undefined || isListed(object)) &&
      tests.every((test) => test(object)) &&
      matchesLabels(labels, selectableLabels(object, resource.kind)),
  };
}

function parseLabels(text: string): LabelQuery {
  const problem = checkLegacyLabelSyntax(text);
  if (problem !== undefined) throw plainError(problem);
  try {
    return parseLabelSelector(text);
  } catch (error) {
    if (error instanceof SelectorSyntaxError) throw plainError(legacySelectorText(error.message));
    throw error;
  }
}

function parseFields(text: string): readonly FieldTerm[] {
  for (const term of text.split(',')) {
    if (term !== '' && !term.includes('=')) throw plainError(`invalid selector: '${text}'; can't understand '${term}'`);
  }
  try {
    return parseFieldSelector(text).terms;
  } catch (error) {
    if (error instanceof SelectorSyntaxError) throw plainError(error.message);
    throw error;
  }
}

function fieldTest(
  version: LegacyApiVersion,
  resource: LegacyResource,
  { field, operator, value }: FieldTerm,
): (object: KubeObject) => boolean {
  const fields = version.selectableFields(resource.kind);
  if (fields === undefined) {
    throw badRequest(`No conversion function found for version ${version.name} and kind ${resource.kind}`);
  }
  const read = Object.hasOwn(fields, field) ? fields[field] : undefined;
  if (read === undefined) throw badRequest(`field label not supported: ${field}`);
  return operator === '=' ? (object) => read(object) === value : (object) => read(object) !== value;
}
