import { parseDuration } from '@kubernetes-mesos/component-base';
import { parseMesosDuration } from '@kubernetes-mesos/mesos';

/** Durations on the command line: in Mesos' form (`15secs`, `10mins`), or in Go's (`15s`). */

/** ms; `undefined` for the empty text. Only for texts that `durationCheck` has nothing against. */
export function durationMs(text: string): number | undefined {
  return text === '' ? undefined : (parseMesosDuration(text) ?? parseDuration(text));
}

export function durationCheck(text: string): string | undefined {
  return text === '' || durationMs(text) !== undefined ? undefined : `'${text}' is not a duration such as 15secs`;
}
