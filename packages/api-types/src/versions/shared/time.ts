const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** RFC 3339 with any offset and fractions, as UTC with whole seconds; `undefined` when it is none. */
export function parseTime(text: string): string | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const wall = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  const date = new Date(wall);
  // A day or hour out of range rolls over: such a time does not exist.
  const exists = date.getUTCMonth() + 1 === month && date.getUTCDate() === day && date.getUTCSeconds() === second;
  if (!exists || date.getUTCHours() !== hour || date.getUTCMinutes() !== minute) return undefined;
  const offsetMs = offsetMinutes(match[7] ?? 'Z') * 60_000;
  return wholeSeconds(new Date(wall - offsetMs));
}

/** `2015-03-04T05:06:07Z`. */
export function wholeSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** A time of the internal form (which may carry microseconds) as whole seconds; `''` when unset. */
export function timeText(time: string | null | undefined): string {
  if (time === undefined || time === null || time === '') return '';
  return time.length === 20 && time.endsWith('Z') ? time : (parseTime(time) ?? '');
}

function offsetMinutes(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith('-') ? -minutes : minutes;
}
