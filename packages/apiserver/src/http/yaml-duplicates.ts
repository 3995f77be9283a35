import { findDuplicateFields } from '@kubernetes-mesos/api-types';
import type { RequestBody } from './read-body';

/** The members that a YAML text gives twice in one object, in the words of Go's YAML library: one text for all, or none. */
export function duplicateYamlKeys(body: RequestBody): readonly [] | readonly [string] {
  const lines = body.duplicateLines ?? ofJson(body.bytes.toString('utf8'));
  return lines.length === 0 ? [] : [`yaml: unmarshal errors:\n${lines.map((line) => `  ${line}`).join('\n')}`];
}

/** JSON is what programs send, on one line. */
function ofJson(text: string): string[] {
  return findDuplicateFields(text).map((problem) => {
    const name = /([^".[\]]*)"$/.exec(problem)?.[1] ?? '';
    return `line 1: key ${JSON.stringify(name)} already set in map`;
  });
}
