/** JSON that keeps Buffers: `{"$bytes":"<base64>"}`. Used between our own master and agents, and on their disks. */

const BYTES = '$bytes';

export function encodeWire(value: unknown): Buffer {
  return Buffer.from(stringifyWire(value));
}

export function stringifyWire(value: unknown): string {
  return JSON.stringify(value, replaceBytes);
}

/** @throws SyntaxError */
export function decodeWire(bytes: Uint8Array | string): unknown {
  const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  return JSON.parse(text, reviveBytes);
}

function replaceBytes(this: Record<string, unknown>, key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value !== 'object') return value;
  const raw = this[key];
  return raw instanceof Uint8Array ? { [BYTES]: Buffer.from(raw).toString('base64') } : value;
}

function reviveBytes(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('$bytes' in value && typeof value.$bytes === 'string') return Buffer.from(value.$bytes, 'base64');
  if ('$number' in value && typeof value.$number === 'string') return Number(value.$number);
  return value;
}
