import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** One request that a recorded command sent. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly status: number;
}

/** A command line as it was recorded. */
export interface WireCase {
  readonly name: string;
  readonly argv: readonly string[];
  readonly stdout?: string;
  readonly stdoutJson?: unknown;
  readonly wire: readonly WireRequest[];
}

/** As it stands in a file; a request without a command is what a controller or a kubelet would send in between. */
type RecordedCase =
  | (Omit<WireCase, 'wire'> & { readonly kind: 'cli'; readonly wire?: readonly WireRequest[] })
  | {
      readonly kind: 'http';
      readonly name: string;
      readonly request: Omit<WireRequest, 'status' | 'contentType'>;
      readonly response: { readonly status: number };
    };

export type Members = Readonly<Record<string, unknown>>;

/** The scenarios of a suite, with their commands in order. */
export function wireScenarios(goldens: string, suite: string): readonly (readonly WireCase[])[] {
  const folder = join(goldens, suite);
  return readdirSync(folder)
    .filter((scenario) => scenario !== 'suite.json')
    .sort()
    .map((scenario) =>
      readdirSync(join(folder, scenario))
        .sort()
        .map((file) => wireCase(JSON.parse(readFileSync(join(folder, scenario, file), 'utf8')) as RecordedCase)),
    );
}

function wireCase(recorded: RecordedCase): WireCase {
  if (recorded.kind === 'cli') return { ...recorded, wire: recorded.wire ?? [] };
  const { name, request, response } = recorded;
  return { name, argv: [], wire: [{ ...request, status: response.status }] };
}

/** The objects of the manifest that a command was given with `-f`. */
export function manifestOf(goldens: string, { argv }: WireCase): readonly Members[] {
  const named = argv[argv.indexOf('-f') + 1];
  const path = join(goldens, 'files', argv.includes('-f') ? (named ?? '') : '-');
  return existsSync(path)
    ? parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as Members)
    : [];
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The part of an object that names it: `metadata`, or in the flat versions the object. */
export function metaOf(object: Members): Members {
  return isMembers(object['metadata']) ? object['metadata'] : object;
}

export function nameOf(object: unknown): string {
  const meta = isMembers(object) ? metaOf(object) : {};
  return textOf(meta['name'] ?? meta['id']);
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
