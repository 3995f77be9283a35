import { canonicalTime } from '../../machinery/time';

/** A time of the internal form (which may carry microseconds) as whole seconds; `''` when unset. */
export function timeText(time: string | null | undefined): string {
  return time === undefined || time === null || time === '' ? '' : (canonicalTime(time) ?? '');
}
