import { type FieldError, invalidObject } from '@kubernetes-mesos/api-types';
import { flagParameter } from './list-options';
import type { WriteIntent } from './services';

/** What a write does about fields that the kind does not have. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface WriteQuery extends WriteIntent {
  readonly fieldValidation: FieldValidation;
  readonly force: boolean | undefined;
}

const MAX_MANAGER_BYTES = 128;

/**
 * The query parameters of POST, PUT and PATCH.
 * @throws StatusError 422, naming `kind` (`CreateOptions`, `UpdateOptions`, `PatchOptions`)
 */
export function writeQuery(query: URLSearchParams, kind: string): WriteQuery {
  const problems: FieldError[] = [];
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  const dryRunError = dryRunProblem(dryRun);
  if (dryRunError !== undefined) problems.push(dryRunError);
  const fieldManager = query.get('fieldManager') ?? '';
  problems.push(...managerProblems(fieldManager));
  const fieldValidation = query.get('fieldValidation') ?? '';
  if (!['', 'Ignore', 'Warn', 'Strict'].includes(fieldValidation)) {
    problems.push({
      reason: 'FieldValueNotSupported',
      field: 'fieldValidation',
      value: fieldValidation,
      detail: 'supported values: "", "Ignore", "Warn", "Strict"',
    });
  }
  if (problems.length > 0) throw invalidObject({ group: 'meta.k8s.io', name: kind }, '', problems);
  return {
    dryRun: dryRun.length > 0,
    fieldManager,
    fieldValidation: fieldValidation === 'Strict' || fieldValidation === 'Warn' ? fieldValidation : 'Ignore',
    force: query.has('force') ? flagParameter(query, 'force') : undefined,
  };
}

export function dryRunProblem(values: readonly string[]): FieldError | undefined {
  if (values.every((value) => value === 'All')) return undefined;
  return { reason: 'FieldValueNotSupported', field: 'dryRun', value: values, detail: 'supported values: "All"' };
}

function managerProblems(manager: string): FieldError[] {
  const problems: FieldError[] = [];
  if (Buffer.byteLength(manager) > MAX_MANAGER_BYTES) {
    problems.push({
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      value: manager,
      detail: `must have at most ${MAX_MANAGER_BYTES} bytes`,
    });
  }
  const at = [...manager].findIndex((char) => /[\p{C}\p{Z}]/u.test(char) && char !== ' ');
  if (at >= 0) {
    problems.push({
      reason: 'FieldValueInvalid',
      field: 'fieldManager',
      value: manager,
      shownValue: JSON.stringify(manager).replace(/\\u00([0-9a-f]{2})/g, '\\x$1'),
      detail: `invalid character U+${(manager.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')} (at position ${at})`,
    });
  }
  return problems;
}
