import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTempDir } from '@kubernetes-mesos/test-support';

export interface CaseResult {
  readonly case: string;
  readonly result: 'pass' | 'fail' | 'skip';
  readonly diffs?: readonly string[];
}

/**
 * Scenarios in which a service gets a random address: once in some two hundred times it is one that the recording takes
 * for another.
 */
const CHANCY = /\/services--lifecycle$/;

/** Plays suites of recorded cases against a server; a failure that may be bad luck is tried once more. */
export async function replay(
  goldens: string,
  url: string,
  suites: readonly string[],
  more: readonly string[] = [],
): Promise<readonly CaseResult[]> {
  const results = await playOnce(goldens, url, suites, more);
  const failed = results.filter(({ result }) => result === 'fail').map(scenarioOf);
  const unlucky = [...new Set(failed)].filter((scenario) => CHANCY.test(scenario));
  if (unlucky.length === 0) return results;
  const again = await playOnce(goldens, url, suites, [...more, '--only', `^(${unlucky.join('|')})$`]);
  return [...results.filter((one) => !unlucky.includes(scenarioOf(one))), ...again];
}

/** `v1/pods--lifecycle` */
function scenarioOf({ case: name }: CaseResult): string {
  return name.split('/').slice(0, 2).join('/');
}

/** With the tool that lies beside the recordings. */
async function playOnce(
  goldens: string,
  url: string,
  suites: readonly string[],
  more: readonly string[],
): Promise<readonly CaseResult[]> {
  const dir = await createTempDir('km-replay-');
  try {
    const report = join(dir.path, 'report.json');
    const argv = ['--server', url, '--suite', suites.join(','), '--json', report, ...more];
    const output = await run(join(goldens, 'replay.mjs'), argv);
    try {
      return (JSON.parse(readFileSync(report, 'utf8')) as { report: CaseResult[] }).report;
    } catch {
      throw new Error(`replay wrote no report:\n${output}`);
    }
  } finally {
    await dir.dispose();
  }
}

/** Why recorded answers are not given, by case. A case that fails without being here is a bug; so is one that passes. */
export function allowList(name: string): ReadonlyMap<string, string> {
  const entries = JSON.parse(readFileSync(join(__dirname, name), 'utf8')) as { case: string; why: string }[];
  return new Map(entries.map((entry) => [entry.case, entry.why]));
}

/** What is wrong with a run, a line each. */
export function unexpected(results: readonly CaseResult[], allowed: ReadonlyMap<string, string>): string[] {
  return results.flatMap((result) => {
    const isAllowed = allowed.has(result.case);
    if (result.result === 'fail' && !isAllowed)
      return [`${result.case}: ${(result.diffs ?? []).join('; ').slice(0, 600)}`];
    if (result.result === 'pass' && isAllowed) return [`${result.case}: passes, take it off the allow list`];
    return [];
  });
}

function run(script: string, argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}
