import type { Attribute, Resource, ValueRange } from '@kubernetes-mesos/mesos';

/** A `--resources` or `--attributes` text that cannot be read; the message quotes the bad part. */
export class ResourceTextError extends Error {
  override readonly name = 'ResourceTextError';
}

/**
 * Reads `cpus:4;mem:4096;ports(role):[31000-32000,33000-33100];disks:{a,b}`. `(role)` reserves statically.
 * @throws ResourceTextError
 */
export function parseResources(text: string): Resource[] {
  return parts(text).map((part) => {
    const match = /^([^:()]+?)\s*(?:\(([^)]*)\))?\s*:\s*(.+)$/s.exec(part);
    const [, name, role, value] = match ?? [];
    if (name === undefined || value === undefined) throw new ResourceTextError(`bad resource '${part}'`);
    const reserved =
      role === undefined || role === '*' || role === '' ? {} : { reservations: [{ type: 'STATIC' as const, role }] };
    const parsed = parseValue(value.trim());
    if (parsed === undefined || parsed.type === 'TEXT') throw new ResourceTextError(`bad resource value in '${part}'`);
    return { name: name.trim(), ...parsed, ...reserved };
  });
}

/**
 * Reads `rack:r1;level:10;ports:[1-5]`. What is neither a number nor ranges is text.
 * @throws ResourceTextError
 */
export function parseAttributes(text: string): Attribute[] {
  return parts(text).map((part) => {
    const at = part.indexOf(':');
    const name = part.slice(0, at).trim();
    const value = part.slice(at + 1).trim();
    if (at <= 0 || value === '') throw new ResourceTextError(`bad attribute '${part}'`);
    const parsed = parseValue(value) ?? { type: 'TEXT' as const, text: { value } };
    if (parsed.type === 'SET') throw new ResourceTextError(`attribute sets are not supported: '${part}'`);
    return { name, ...parsed };
  });
}

type ParsedValue =
  | { readonly type: 'SCALAR'; readonly scalar: { readonly value: number } }
  | { readonly type: 'RANGES'; readonly ranges: { readonly range: readonly ValueRange[] } }
  | { readonly type: 'SET'; readonly set: { readonly item: readonly string[] } }
  | { readonly type: 'TEXT'; readonly text: { readonly value: string } };

function parseValue(value: string): ParsedValue | undefined {
  if (/^-?\d+(\.\d+)?$/.test(value)) return { type: 'SCALAR', scalar: { value: Number(value) } };
  const ranges = /^\[(.*)\]$/s.exec(value);
  if (ranges !== null) return { type: 'RANGES', ranges: { range: parseRanges(ranges[1] ?? '', value) } };
  const set = /^\{(.*)\}$/s.exec(value);
  if (set !== null) {
    const item = (set[1] ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
    return { type: 'SET', set: { item } };
  }
  return undefined;
}

function parseRanges(inner: string, whole: string): ValueRange[] {
  return inner
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const match = /^(\d+)\s*-\s*(\d+)$/.exec(entry);
      const begin = Number(match?.[1]);
      const end = Number(match?.[2]);
      if (match === null || begin > end) throw new ResourceTextError(`bad range '${entry}' in '${whole}'`);
      return { begin, end };
    });
}

function parts(text: string): string[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
