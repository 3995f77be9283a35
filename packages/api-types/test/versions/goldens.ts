/** Reads recorded requests and answers of real servers; tests that need them are skipped where there are none. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { goldensFolder } from '@kubernetes-mesos/test-support';

export interface GoldenCase {
  readonly name: string;
  readonly kind: string;
  readonly request: { readonly method?: string; readonly path: string; readonly body?: unknown };
  readonly response: { readonly status: number; readonly body?: unknown };
  readonly unorderedPaths?: readonly string[];
}

const goldens = goldensFolder();
export const describeGoldens = goldens === undefined ? describe.skip : describe;

export function scenarios(suite: string): { readonly name: string; readonly cases: readonly GoldenCase[] }[] {
  if (goldens === undefined) return [];
  const folder = path.join(goldens, suite);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => statSync(path.join(folder, name)).isDirectory())
    .sort()
    .map((name) => ({
      name,
      cases: readdirSync(path.join(folder, name))
        .filter((file) => file.endsWith('.json'))
        .sort()
        .map((file) => fill(JSON.parse(readFileSync(path.join(folder, name, file), 'utf8'))) as GoldenCase),
    }));
}

/** Puts a value of the right form in place of each placeholder: equal ones for equal placeholders. */
function fill(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fill);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fill(member)]));
  }
  if (typeof value !== 'string') return value;
  const number = /^<rvn(?::(\d+))?>$/.exec(value);
  if (number !== null) return 1000 + Number(number[1] ?? 0);
  if (value === '<port>') return 6443;
  return value
    .replace(/<rv(?::(\d+))?>/g, (_, n: string | undefined) => String(1000 + Number(n ?? 0)))
    .replace(/<uid(?::(\d+))?>/g, (_, n = '0') => `00000000-0000-11e5-8000-${String(n).padStart(12, '0')}`)
    .replace(/<time>|\{\{t\d+\}\}/g, '2015-06-07T08:09:10Z')
    .replace(/<port>/g, '6443')
    .replace(/<ip(?::(\d+))?>/g, (_, n = '0') => `10.10.10.${n}`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
