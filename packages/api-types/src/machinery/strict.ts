import type { FieldSchema, Schema } from './schema';

/**
 * What a strict decoder complains about besides wrong types, for `fieldValidation=Strict` and `Warn`:
 * `unknown field "spec.bogus"`, `duplicate field "spec.containers[0].name"`.
 */

/** Strict decoding failed; answered as `strict decoding error: ...`. */
export function strictDecodingText(problems: readonly string[]): string {
  return `strict decoding error: ${problems.join(', ')}`;
}

/** The members of `data` that its type does not have, in the order in which they are met. Call it before decoding. */
export function findUnknownFields(
  data: unknown,
  typeName: string,
  types: { fieldsOf(name: string): ReadonlyMap<string, FieldSchema> },
): string[] {
  const found: string[] = [];
  visitObject(data, types.fieldsOf(typeName), '');
  return found;

  function visitObject(value: unknown, fields: ReadonlyMap<string, FieldSchema>, path: string): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [name, member] of Object.entries(value)) {
      const memberPath = path === '' ? name : `${path}.${name}`;
      const field = fields.get(name);
      if (field === undefined) found.push(`unknown field ${JSON.stringify(memberPath)}`);
      else visit(member, field.schema, memberPath);
    }
  }

  function visit(value: unknown, schema: Schema, path: string): void {
    switch (schema.type) {
      case 'ref':
        visitObject(value, types.fieldsOf(schema.name), path);
        return;
      case 'array':
        if (Array.isArray(value)) value.forEach((item, index) => visit(item, schema.items, `${path}[${index}]`));
        return;
      case 'map':
        if (typeof value === 'object' && value !== null) {
          for (const [key, item] of Object.entries(value)) visit(item, schema.values, `${path}.${key}`);
        }
        return;
      default:
    }
  }
}

/** Members that occur twice in one object of a JSON text, which `JSON.parse` does not tell. The text must be valid JSON. */
export function findDuplicateFields(json: string): string[] {
  const found: string[] = [];
  let position = 0;
  visit('');
  return found;

  function visit(path: string): void {
    skipBlanks();
    const first = json[position];
    if (first === '{') visitObject(path);
    else if (first === '[') visitList(path);
    else if (first === '"') readString();
    else skipScalar();
  }

  function visitObject(path: string): void {
    const seen = new Set<string>();
    position += 1;
    skipBlanks();
    while (position < json.length && json[position] !== '}') {
      const name = readString();
      const memberPath = path === '' ? name : `${path}.${name}`;
      if (seen.has(name)) found.push(`duplicate field ${JSON.stringify(memberPath)}`);
      seen.add(name);
      skipBlanks();
      position += 1; // the colon
      visit(memberPath);
      skipSeparator();
    }
    position += 1;
  }

  function visitList(path: string): void {
    position += 1;
    skipBlanks();
    for (let index = 0; position < json.length && json[position] !== ']'; index += 1) {
      visit(`${path}[${index}]`);
      skipSeparator();
    }
    position += 1;
  }

  function readString(): string {
    const start = position;
    position += 1;
    while (position < json.length && json[position] !== '"') position += json[position] === '\\' ? 2 : 1;
    position += 1;
    return JSON.parse(json.slice(start, position)) as string;
  }

  function skipScalar(): void {
    while (position < json.length && !/[\s,\]}]/.test(json[position] ?? '')) position += 1;
  }

  function skipSeparator(): void {
    skipBlanks();
    if (json[position] === ',') position += 1;
    skipBlanks();
  }

  function skipBlanks(): void {
    while (/\s/.test(json[position] ?? '')) position += 1;
  }
}
