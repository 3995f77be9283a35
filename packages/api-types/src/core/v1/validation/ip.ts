import { isIP } from 'node:net';
import { invalid, type FieldError } from '../../../machinery/field-error';
import type { FieldPath } from '../../../machinery/field-path';

/** 4, 6, or 0 for what is no address. Zones (`fe80::1%eth0`) are none here. */
export function ipFamily(text: string): 4 | 6 | 0 {
  const family = text.includes('%') ? 0 : isIP(text);
  return family === 4 || family === 6 ? family : 0;
}

export const NOT_AN_IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

export function ipProblems(text: string): readonly string[] {
  return ipFamily(text) === 0 ? [NOT_AN_IP_TEXT] : [];
}

/** `10.0.0.0/8` */
export function isCidr(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash < 0) return false;
  const family = ipFamily(text.slice(0, slash));
  const length = text.slice(slash + 1);
  return family !== 0 && /^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128);
}

/** Addresses that mean a host itself or its link cannot be reached from elsewhere. */
export function validateNonSpecialIP(text: string, path: FieldPath, errors: FieldError[]): void {
  const family = ipFamily(text);
  if (family === 0) {
    errors.push(invalid(path, text, 'must be a valid IP address'));
    return;
  }
  const groups = family === 4 ? text.split('.').map(Number) : expandIPv6(text);
  const detail = family === 4 ? specialIPv4(groups) : specialIPv6(groups);
  if (detail !== undefined) errors.push(invalid(path, text, detail));
}

const UNSPECIFIED = 'may not be unspecified (0.0.0.0)';
const LOOPBACK = 'may not be in the loopback range (127.0.0.0/8)';
const LINK_LOCAL = 'may not be in the link-local range (169.254.0.0/16)';
const LINK_LOCAL_MULTICAST = 'may not be in the link-local multicast range (224.0.0.0/24)';

function specialIPv4([a = 0, b = 0, c = 0, d = 0]: readonly number[]): string | undefined {
  if (a === 0 && b === 0 && c === 0 && d === 0) return UNSPECIFIED;
  if (a === 127) return LOOPBACK;
  if (a === 169 && b === 254) return LINK_LOCAL;
  return a === 224 && b === 0 && c === 0 ? LINK_LOCAL_MULTICAST : undefined;
}

function specialIPv6(groups: readonly number[]): string | undefined {
  const first = groups[0] ?? 0;
  const last = groups[7] ?? 0;
  if (groups.slice(0, 7).every((group) => group === 0) && last <= 1) return last === 0 ? UNSPECIFIED : LOOPBACK;
  if ((first & 0xffc0) === 0xfe80) return LINK_LOCAL;
  if ((first & 0xff0f) === 0xff02) return LINK_LOCAL_MULTICAST;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const high = groups[6] ?? 0;
    return specialIPv4([high >> 8, high & 0xff, last >> 8, last & 0xff]);
  }
  return undefined;
}

/** The eight 16-bit groups of a valid address. */
function expandIPv6(text: string): number[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  let hex = text;
  if (dotted !== null) {
    const [a = 0, b = 0, c = 0, d = 0] = dotted.slice(1).map(Number);
    hex = `${text.slice(0, dotted.index)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [head = '', tail] = hex.split('::');
  const left = groupsOf(head);
  if (tail === undefined) return left;
  const right = groupsOf(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
