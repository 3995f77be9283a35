import { parseDuration } from '@kubernetes-mesos/component-base';

/** The low-level settings of `--scheduler_config`, ms unless named otherwise. */
export interface IniSettings {
  readonly offerTtlMs: number;
  readonly offerLingerTtlMs: number;
  readonly listenerDelayMs: number;
  readonly updatesBacklog: number;
  readonly frameworkIdRefreshMs: number;
  readonly initialImplicitReconciliationMs: number;
  readonly explicitMaxBackoffMs: number;
  readonly explicitAbortTimeoutMs: number;
  readonly initialPodBackoffMs: number;
  readonly maxPodBackoffMs: number;
  readonly httpHandlerTimeoutMs: number;
  readonly httpBindIntervalMs: number;
}

export const DEFAULT_INI: IniSettings = {
  offerTtlMs: 5000,
  offerLingerTtlMs: 120_000,
  listenerDelayMs: 1000,
  updatesBacklog: 2048,
  frameworkIdRefreshMs: 30_000,
  initialImplicitReconciliationMs: 15_000,
  explicitMaxBackoffMs: 120_000,
  explicitAbortTimeoutMs: 30_000,
  initialPodBackoffMs: 1000,
  maxPodBackoffMs: 60_000,
  httpHandlerTimeoutMs: 10_000,
  httpBindIntervalMs: 5000,
};

/** The original read the two `explicit-reconciliation-*` keys in a misspelled form only: both are read here. */
const DURATIONS: Readonly<Record<string, keyof IniSettings>> = {
  'offer-ttl': 'offerTtlMs',
  'offer-linger-ttl': 'offerLingerTtlMs',
  'listener-delay': 'listenerDelayMs',
  'framework-id-refresh-interval': 'frameworkIdRefreshMs',
  'initial-implicit-reconciliation-delay': 'initialImplicitReconciliationMs',
  'explicit-reconciliation-max-backoff': 'explicitMaxBackoffMs',
  'explicit-reconciliantion-max-backoff': 'explicitMaxBackoffMs',
  'explicit-reconciliation-abort-timeout': 'explicitAbortTimeoutMs',
  'explicit-reconciliantion-abort-timeout': 'explicitAbortTimeoutMs',
  'initial-pod-backoff': 'initialPodBackoffMs',
  'max-pod-backoff': 'maxPodBackoffMs',
  'http-handler-timeout': 'httpHandlerTimeoutMs',
  'http-bind-interval': 'httpBindIntervalMs',
};

/** @returns the settings, or what is wrong and in which line */
export function parseIni(text: string): IniSettings | { readonly problem: string } {
  const settings: { -readonly [Name in keyof IniSettings]: number } = { ...DEFAULT_INI };
  let section = '';
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    const fail = (what: string): { readonly problem: string } => ({ problem: `line ${index + 1}: ${what}` });
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const heading = /^\[\s*"?([^\]"]*?)"?\s*\]$/.exec(line)?.[1];
    if (heading !== undefined) {
      if (heading.toLowerCase() !== 'scheduler') return fail(`unknown section [${heading}], expected [scheduler]`);
      section = heading;
      continue;
    }
    const match = /^([A-Za-z][\w-]*)\s*=\s*(.*)$/.exec(line);
    if (match === null) return fail(`"${line}" is not key = value`);
    if (section === '') return fail('a key before the section [scheduler]');
    const key = (match[1] ?? '').toLowerCase();
    const value = (match[2] ?? '').replace(/\s+[#;].*$/, '').replace(/^"(.*)"$/, '$1');
    if (key === 'updates-backlog') {
      if (!/^\d+$/.test(value)) return fail(`${key}: "${value}" is not a whole number`);
      settings.updatesBacklog = Number(value);
      continue;
    }
    const name = DURATIONS[key];
    if (name === undefined) return fail(`unknown key ${key}`);
    const ms = parseDuration(value);
    if (ms === undefined || ms < 0) return fail(`${key}: "${value}" is no duration such as 5s or 2m`);
    settings[name] = ms;
  }
  return settings;
}
