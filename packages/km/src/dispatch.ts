import { basename } from 'node:path';
import {
  HelpRequested,
  KUBERNETES_VERSION,
  loggingFlags,
  parseFlags,
  UsageError,
} from '@kubernetes-mesos/component-base';
import type { RoleEntry } from './roles/role-entry';
import { KM_VERSION } from './version';

/** What the words of a command line ask for. */
export type Dispatch =
  | { readonly kind: 'role'; readonly entry: RoleEntry; readonly argv: readonly string[] }
  | { readonly kind: 'print'; readonly stream: 'stdout' | 'stderr'; readonly text: string; readonly exitCode: number };

const globalFlags = {
  ...loggingFlags,
  version: { type: 'string', default: 'false', usage: 'print the version and exit; raw prints it as JSON' },
} as const;

/**
 * Chooses the role. The program's base name is a role's name when it is linked or copied as one (`scheduler -> km`);
 * else the first word that is not a flag is, and flags before it are handed on to the role.
 */
export function dispatch(programPath: string, argv: readonly string[], roles: readonly RoleEntry[]): Dispatch {
  const program = basename(programPath).replace(/\.c?js$/, '');
  const linked = roles.find((role) => role.name === program);
  if (linked !== undefined) return { kind: 'role', entry: linked, argv };

  const at = argv.findIndex((word, index) => !word.startsWith('-') && !isValueOf(argv[index - 1]));
  const globals = at === -1 ? argv : argv.slice(0, at);
  const global = readGlobalFlags(globals, roles);
  if (global !== undefined) return global;
  if (at === -1) return failure('No server specified', roles);
  const name = argv[at] ?? '';
  const entry = roles.find((role) => role.name === name);
  if (entry === undefined) return failure(`Server not found: ${name}`, roles);
  return { kind: 'role', entry, argv: [...globals, ...argv.slice(at + 1)] };
}

/** `--v 2 scheduler`: the word after a flag without `=` that takes a value is its value. */
function isValueOf(word: string | undefined): boolean {
  if (word === undefined || !word.startsWith('-') || word.includes('=')) return false;
  const definition = Object.entries(globalFlags).find(
    ([name]) => name === word.replace(/^--?/, '').replaceAll('-', '_'),
  );
  return definition !== undefined && definition[1].type !== 'bool' && definition[0] !== 'version';
}

function readGlobalFlags(argv: readonly string[], roles: readonly RoleEntry[]): Dispatch | undefined {
  const words = argv.map((word) => (/^--?version$/.test(word) ? '--version=true' : word));
  try {
    const { values } = parseFlags(globalFlags, words, { usage: 'km', description: '' });
    switch (values.version) {
      case 'false':
        return undefined;
      case 'raw':
        return { kind: 'print', stream: 'stdout', text: `${rawVersion()}\n`, exitCode: 0 };
      default:
        return {
          kind: 'print',
          stream: 'stdout',
          text: `Kubernetes ${KUBERNETES_VERSION.gitVersion}\nKubernetes-Mesos v${KM_VERSION}\n`,
          exitCode: 0,
        };
    }
  } catch (error) {
    if (error instanceof HelpRequested) return { kind: 'print', stream: 'stderr', text: usage(roles), exitCode: 0 };
    if (error instanceof UsageError) return failure(error.message, roles);
    throw error;
  }
}

function rawVersion(): string {
  return JSON.stringify({
    kubernetes: KUBERNETES_VERSION.gitVersion,
    kubernetesMesos: `v${KM_VERSION}`,
    node: process.version,
  });
}

function failure(message: string, roles: readonly RoleEntry[]): Dispatch {
  return { kind: 'print', stream: 'stderr', text: `Error: ${message}\n\n${usage(roles)}`, exitCode: 1 };
}

function usage(roles: readonly RoleEntry[]): string {
  const shown = roles.filter((role) => role.hidden !== true);
  const width = Math.max(...shown.map((role) => role.name.length));
  return [
    'km runs one server of Kubernetes on Mesos: the Kubernetes API as an Apache Mesos framework.',
    'Each server is a process of its own; together they make a cluster that kubectl drives.',
    '',
    'Usage',
    '',
    '  km <server> [flags]',
    '',
    'Servers',
    '',
    ...shown.map((role) => `  ${role.name.padEnd(width)}  ${role.summary}`),
    '',
    'Use "km <server> --help" for the flags of a server.',
    '',
  ].join('\n');
}
