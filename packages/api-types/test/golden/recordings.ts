import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldensFolder } from '@kubernetes-mesos/test-support';

export interface HttpCase {
  readonly name: string;
  readonly kind: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: { readonly status: number; readonly body?: unknown };
}

/** A stream of events, and the requests that were sent while it was open. */
export interface WatchCase {
  readonly name: string;
  readonly kind: string;
  readonly events?: readonly { readonly object?: unknown }[];
}

export interface Scenario {
  readonly name: string;
  readonly cases: readonly HttpCase[];
  readonly watches: readonly WatchCase[];
}

/** Empty when the recordings are not there. */
export function readSuite(suite: string): Scenario[] {
  const goldens = goldensFolder();
  if (goldens === undefined) return [];
  const folder = join(goldens, suite);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => {
      const cases = readdirSync(join(folder, entry.name))
        .filter((file) => file.endsWith('.json'))
        .sort()
        .map(
          (file) => JSON.parse(withTimes(readFileSync(join(folder, entry.name, file), 'utf8'))) as HttpCase & WatchCase,
        );
      return {
        name: entry.name,
        cases: cases.filter(({ kind }) => kind === 'http'),
        watches: cases.filter(({ kind }) => kind === 'watch'),
      };
    });
}

/** Times that were captured from an answer are all the same here. */
function withTimes(text: string): string {
  return text.replaceAll(/\{\{t\d+\}\}/g, '2021-01-02T03:04:05Z');
}

/** Differences between what was recorded and what came out, where `<...>` stands for anything. Field order counts. */
export function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (typeof expected === 'string') {
    const parts = expected.split(/<[a-z][\w:]*>|\{\{\w+\}\}/);
    if (parts.length > 1) {
      const pattern = new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*')}$`);
      return pattern.test(String(actual)) ? [] : [`${path}: wants ${expected}, got ${show(actual)}`];
    }
    return expected === actual ? [] : [`${path}: wants ${show(expected)}, got ${show(actual)}`];
  }
  if (typeof expected !== 'object' || expected === null) {
    return expected === actual ? [] : [`${path}: wants ${show(expected)}, got ${show(actual)}`];
  }
  if (typeof actual !== 'object' || actual === null) return [`${path}: wants ${show(expected)}, got ${show(actual)}`];
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) {
      return [`${path}: wants ${show(expected)}, got ${show(actual)}`];
    }
    return expected.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`));
  }
  const want = expected as Record<string, unknown>;
  const got = actual as Record<string, unknown>;
  const found: string[] = [];
  for (const key of Object.keys(want))
    found.push(...differences(want[key], got[key], path === '' ? key : `${path}.${key}`));
  for (const key of Object.keys(got)) {
    if (!(key in want)) found.push(`${path}.${key}: not wanted, got ${show(got[key])}`);
  }
  const order = (object: object, other: object): string =>
    Object.keys(object)
      .filter((key) => key in other)
      .join();
  if (order(want, got) !== order(got, want))
    found.push(`${path}: order wants ${order(want, got)}, got ${order(got, want)}`);
  return found;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}
