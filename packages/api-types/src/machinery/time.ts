import { DecodeError } from './decode-error';

/** Times of the API: RFC 3339 in UTC; whole seconds, or microseconds for MicroTime. */

const CANONICAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})$/;
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** @returns whole seconds in UTC; `undefined` for Go's zero time, which counts as none
 *  @throws DecodeError worded as Go's `time.Parse` */
export function canonicalTime(text: string): string | undefined {
  if (CANONICAL.test(text)) return text === ZERO_TIME ? undefined : text;
  const parsed = parse(text, '2006-01-02T15:04:05Z07:00');
  const canonical = formatTime(parsed.epochMs);
  return canonical === ZERO_TIME ? undefined : canonical;
}

/** The same with six digits of a second. */
export function canonicalMicroTime(text: string): string | undefined {
  const parsed = parse(text, '2006-01-02T15:04:05.000000Z07:00');
  const seconds = formatTime(parsed.epochMs);
  if (seconds === ZERO_TIME) return undefined;
  return `${seconds.slice(0, -1)}.${parsed.fraction.padEnd(6, '0').slice(0, 6)}Z`;
}

/** `2006-01-02T15:04:05Z` */
export function formatTime(epochMs: number): string {
  return `${new Date(Math.floor(epochMs / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** `2006-01-02T15:04:05.000000Z` */
export function formatMicroTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 23)}000Z`;
}

function parse(text: string, layout: string): { readonly epochMs: number; readonly fraction: string } {
  const match = RFC3339.exec(text);
  if (match === null)
    throw new DecodeError(
      `parsing time ${JSON.stringify(JSON.stringify(text))} as ${JSON.stringify(`"${layout}"`)}: cannot parse ${JSON.stringify(text)} as "2006"`,
    );
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', zone = ''] = match;
  const numbers = [month, day, hour, minute, second].map(Number);
  const [mm = 0, dd = 0, hh = 0, mi = 0, ss = 0] = numbers;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), mm - 1, dd);
  const part =
    mm < 1 || mm > 12
      ? 'month'
      : dd < 1 || date.getUTCMonth() !== mm - 1
        ? 'day'
        : hh > 23
          ? 'hour'
          : mi > 59
            ? 'minute'
            : ss > 59
              ? 'second'
              : undefined;
  if (part !== undefined)
    throw new DecodeError(`parsing time ${JSON.stringify(JSON.stringify(text))}: ${part} out of range`);
  date.setUTCHours(hh, mi, ss);
  return { epochMs: date.getTime() - offsetMs(zone), fraction };
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}
