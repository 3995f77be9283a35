import { findDuplicateFields } from '@kubernetes-mesos/api-types';
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';

/**
 * The members that a YAML text gives twice in one object, in the words of Go's YAML library; `undefined`: none. The text
 * must have been read before, which bounds what it costs.
 */
export function duplicateYamlKeys(body: Buffer): string | undefined {
  const text = body.toString('utf8');
  const lines = isJson(text) ? ofJson(text) : ofYaml(text);
  return lines.length === 0 ? undefined : `yaml: unmarshal errors:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

function ofYaml(text: string): string[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, lineCounter });
  const found: string[] = [];
  visit(document, {
    Map: (_key, map) => {
      if (!isMap(map)) return;
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          const { line } = lineCounter.linePos(key.range?.[0] ?? 0);
          found.push(`line ${line}: key ${JSON.stringify(String(key.value))} already set in map`);
        }
        seen.add(key.value);
      }
    },
  });
  return found;
}

/** JSON is what programs send, on one line. */
function ofJson(text: string): string[] {
  return findDuplicateFields(text).map((problem) => {
    const name = /([^".[\]]*)"$/.exec(problem)?.[1] ?? '';
    return `line 1: key ${JSON.stringify(name)} already set in map`;
  });
}

function isJson(text: string): boolean {
  if (!text.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
