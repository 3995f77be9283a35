import { compareYamlKeys } from './yaml-key-order';
import { MAX_COLUMN, scalarText } from './yaml-scalar';

/**
 * JSON text as YAML, in the form that Go's library gives it: members sorted, lists not indented, long lines folded. Written
 * here because a list may have many megabytes, which libraries take seconds for.
 */
export function yamlOfJson(json: string): string {
  const writer = new YamlWriter();
  writer.write(JSON.parse(json));
  return writer.text;
}

class YamlWriter {
  readonly #parts: string[] = [];

  get text(): string {
    return this.#parts.join('');
  }

  write(value: unknown): void {
    if (isFilled(value)) this.#block(value, 0, true);
    else this.#parts.push(plain(value, 0, 0), '\n');
  }

  /** @param isLineStart nothing but `indent` blanks stands in the line; false: they are there already, behind a dash */
  #block(value: object, indent: number, isLineStart: boolean): void {
    let isAtStart = isLineStart;
    const pad = ' '.repeat(indent);
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) {
        this.#parts.push(isAtStart ? pad : '', '- ');
        isAtStart = true;
        if (isFilled(item)) this.#block(item, indent + 2, false);
        else this.#parts.push(plain(item, indent, indent + 2), '\n');
      }
      return;
    }
    for (const name of Object.keys(value).sort(compareYamlKeys)) {
      const member = (value as Readonly<Record<string, unknown>>)[name];
      // A name is never folded.
      const key = scalarText(name, { indent, column: -Infinity, isKey: true });
      this.#parts.push(isAtStart ? pad : '', key, ':');
      isAtStart = true;
      if (isFilled(member)) {
        this.#parts.push('\n');
        this.#block(member, Array.isArray(member) ? indent : indent + 2, true);
      } else {
        this.#parts.push(' ', plain(member, indent, indent + key.length + 2), '\n');
      }
    }
  }
}

/** @param indent of what the value belongs to */
function plain(value: unknown, indent: number, column: number): string {
  if (typeof value === 'string')
    return scalarText(value, { indent, column: Math.min(column, MAX_COLUMN + 1), isKey: false });
  if (Array.isArray(value)) return '[]';
  return typeof value === 'object' && value !== null ? '{}' : String(value);
}

function isFilled(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? value.length > 0 : Object.keys(value).length > 0;
}
