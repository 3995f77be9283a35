import { StatusError, type StatusCause } from '@kubernetes-mesos/api-types';
import type { FieldSet } from './field-set';
import type { ManagerId } from './managers';
import { pathText } from './path-element';

/** Places that another manager owns and that an apply would change. */
export interface Conflict {
  readonly manager: ManagerId;
  readonly fields: FieldSet;
}

/** 409, in upstream's words. */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const causes: StatusCause[] = [];
  const pathsOf = new Map<string, string[]>();
  for (const { manager, fields } of conflicts) {
    const name = managerText(manager);
    for (const path of fields.paths()) {
      const field = pathText(path);
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${name}`, field });
      const paths = pathsOf.get(name);
      if (paths === undefined) pathsOf.set(name, [field]);
      else paths.push(field);
    }
  }
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: messageOf(causes, pathsOf),
    reason: 'Conflict',
    details: { causes },
    code: 409,
  });
}

function messageOf(causes: readonly StatusCause[], pathsOf: ReadonlyMap<string, readonly string[]>): string {
  const [first] = causes;
  if (causes.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: ${first.message ?? ''}: ${first.field ?? ''}`;
  }
  const parts = [...pathsOf]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, paths]) => `conflicts with ${name}:\n${paths.map((path) => `- ${path}`).join('\n')}`);
  return `Apply failed with ${causes.length} conflicts: ${parts.join('\n')}`;
}

/** `"third" using v1`; of those who applied the version does not matter. */
function managerText({ manager, operation, apiVersion, subresource }: ManagerId): string {
  const part = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${part}${operation === 'Apply' ? '' : ` using ${apiVersion}`}`;
}
