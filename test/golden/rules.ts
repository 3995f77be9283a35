import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseResult } from './replay';

/** One reason that explains differences between a recorded answer and ours. */
export interface Rule {
  /** Which cases, as a regular expression on the case's name. */
  readonly cases: RegExp;
  /** Which differences of these cases, as a regular expression on a line of the report; every line when absent. */
  readonly diffs?: RegExp;
  readonly why: string;
}

/** Reads a checked-in list of reasons; a rule without one is refused. */
export function rulesOf(name: string): readonly Rule[] {
  const entries = JSON.parse(readFileSync(join(__dirname, name), 'utf8')) as {
    cases: string;
    diffs?: string;
    why: string;
  }[];
  return entries.map(({ cases, diffs, why }) => {
    if (why === '') throw new Error(`${name}: the rule for ${cases} gives no reason`);
    return { cases: new RegExp(cases), why, ...(diffs === undefined ? {} : { diffs: new RegExp(diffs) }) };
  });
}

/**
 * What no rule explains, a line each: every difference of a failed case needs a rule of its own. A rule that explains
 * nothing any more is reported as well, so that the list only shrinks.
 */
export function unexplained(results: readonly CaseResult[], rules: readonly Rule[]): string[] {
  const used = new Set<Rule>();
  const lines = results
    .filter(({ result }) => result === 'fail')
    .flatMap((one) => {
      const mine = rules.filter(({ cases }) => cases.test(one.case));
      return (one.diffs ?? []).flatMap((diff) => {
        const rule = mine.find(({ diffs }) => diffs === undefined || diffs.test(diff));
        if (rule === undefined) return [`${one.case}: ${diff.slice(0, 300)}`];
        used.add(rule);
        return [];
      });
    });
  const stale = rules.filter((rule) => !used.has(rule));
  return [...lines, ...stale.map((rule) => `no difference is explained by: ${rule.why} (${rule.cases.source})`)];
}
