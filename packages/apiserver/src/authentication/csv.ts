import { readFile } from 'node:fs/promises';
import { errorMessage, FatalError } from '@kubernetes-mesos/component-base';

/**
 * Lines of a CSV file of users; `"` may enclose a field, `""` is a quote inside one, `#` begins a comment line.
 * @param flag named in errors; the content never is
 * @throws FatalError when the file cannot be read or a line has fewer than three fields
 */
export async function readUserFile(path: string, flag: string): Promise<string[][]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new FatalError(`--${flag}: cannot read ${path}: ${errorMessage(error)}`, { cause: error });
  }
  const rows: string[][] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const fields = parseCsvLine(line);
    if (fields.length < 3) {
      throw new FatalError(
        `--${flag}: line ${index + 1} of ${path} has ${fields.length} fields, at least 3 are needed`,
      );
    }
    rows.push(fields);
  }
  return rows;
}

export function parseCsvLine(line: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = line[at] === '"' ? quotedField(line, at) : plainField(line, at);
    fields.push(field.text);
    if (line[field.end] !== ',') return fields;
    at = field.end + 1;
  }
}

function plainField(line: string, start: number): { text: string; end: number } {
  const comma = line.indexOf(',', start);
  const end = comma < 0 ? line.length : comma;
  return { text: line.slice(start, end).trim(), end };
}

function quotedField(line: string, start: number): { text: string; end: number } {
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] !== '"') text += line.charAt(at);
    else if (line[at + 1] === '"') {
      text += '"';
      at += 1;
    } else return { text, end: at + 1 };
  }
  return { text, end: line.length };
}
