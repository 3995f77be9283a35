import { STATIC_TABLE } from './static-table';

/**
 * Encodes header fields (HPACK) so that the block means the same at any time on any connection: static table and plain
 * texts only. Names in lower case, pseudo-headers first.
 */
export function encodeHeaders(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of fields) {
    const whole = STATIC_TABLE.findIndex(([known, its]) => known === name && its === value);
    if (whole >= 0) {
      parts.push(integer(0x80, 7, whole + 1));
      continue;
    }
    const index = STATIC_TABLE.findIndex(([known]) => known === name) + 1;
    parts.push(integer(0x00, 4, index));
    if (index === 0) parts.push(...text(name));
    parts.push(...text(value));
  }
  return Buffer.concat(parts);
}

function text(value: string): readonly Buffer[] {
  const bytes = Buffer.from(value, 'latin1');
  return [integer(0x00, 7, bytes.length), bytes];
}

function integer(flags: number, bits: number, value: number): Buffer {
  const mask = 2 ** bits - 1;
  if (value < mask) return Buffer.from([flags | value]);
  const octets = [flags | mask];
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 0x80);
  octets.push(rest);
  return Buffer.from(octets);
}
