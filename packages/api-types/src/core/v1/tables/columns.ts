import type { ObjectMeta } from '../../../machinery/object';
import type { TableColumn } from '../../../machinery/table';

/** Helpers of table definitions. */

/** Shown where there is nothing to show. */
export const NONE = '<none>';
const UNKNOWN = '<unknown>';

export const NAME_COLUMN: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object, unique in its namespace.',
  priority: 0,
};

export const AGE_COLUMN = column('Age', 'Time since the object was created.');

/** A column of text that is always shown. */
export function column(name: string, description: string, type: TableColumn['type'] = 'string'): TableColumn {
  return { name, type, format: '', description, priority: 0 };
}

/** A column of text that is shown with `-o wide`. */
export function wideColumn(name: string, description: string): TableColumn {
  return { name, type: 'string', format: '', description, priority: 1 };
}

export function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? NONE : text;
}

/** The first of them that says something; without one, the empty text. */
export function firstOf(...texts: readonly (string | undefined)[]): string {
  return texts.find((text) => text !== undefined && text !== '') ?? '';
}

/** `a=1,b=2`, or `<none>`. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? NONE : pairs.sort().join(',');
}

export function age(meta: ObjectMeta, nowMs: number): string {
  return timeSince(meta.creationTimestamp, nowMs);
}

/** `3m12s`; `<unknown>` without a time. */
export function timeSince(time: string | null | undefined, nowMs: number): string {
  return time === undefined || time === null ? UNKNOWN : formatDuration(nowMs - Date.parse(time));
}

/** A duration as people say it: two units while it is short, one when it is long. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return twoUnits(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return days < 365 * 8 ? twoUnits(years, 'y', days % 365, 'd') : `${years}y`;
}

function twoUnits(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}
