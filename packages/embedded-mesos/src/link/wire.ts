/** JSON that keeps Buffers: `{"$bytes":"<base64>"}`. Used between our own master and agents, and on their disks. */

export function encodeWire(value: unknown): Buffer {
  return Buffer.from(stringifyWire(value));
}

export function stringifyWire(value: unknown): string {
  return JSON.stringify(toPlain(value));
}

/** @throws SyntaxError */
export function decodeWire(bytes: Uint8Array | string): unknown {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  const value: unknown = JSON.parse(text);
  // Most messages hold no bytes; a walk is far cheaper than a reviver for those that do.
  return text.includes('"$bytes"') || text.includes('"$number"') ? revived(value) : value;
}

/** The same value where nothing has to be replaced, a copy of the path to it where something has. */
function toPlain(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) };
  if (typeof value !== 'object' || value === null) return value;
  // Before Buffer's own toJSON, which makes an array of numbers.
  if (value instanceof Uint8Array)
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64') };
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    let copy: unknown[] | undefined;
    for (let index = 0; index < items.length; index += 1) {
      const plain = toPlain(items[index]);
      if (plain !== items[index]) (copy ??= [...items])[index] = plain;
    }
    return copy ?? value;
  }
  const record = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const key in record) {
    const plain = toPlain(record[key]);
    if (plain !== record[key]) (copy ??= { ...record })[key] = plain;
  }
  return copy ?? value;
}

/** In place: the value was just parsed and is nobody else's. */
function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value as unknown[];
    for (let index = 0; index < items.length; index += 1) items[index] = revived(items[index]);
    return items;
  }
  if ('$bytes' in value && typeof value.$bytes === 'string') return Buffer.from(value.$bytes, 'base64');
  if ('$number' in value && typeof value.$number === 'string') return Number(value.$number);
  const record = value as Record<string, unknown>;
  for (const key in record) {
    const member = record[key];
    if (typeof member === 'object' && member !== null) record[key] = revived(member);
  }
  return record;
}
