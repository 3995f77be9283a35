import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isIP } from 'node:net';
import { errorMessage, UsageError } from '../errors';
import { formatDuration, parseDuration } from './duration';
import type { FlagDefinition, FlagDefinitions, FlagValues } from './flag';

export interface ParsedFlags<Flags extends FlagDefinitions> {
  readonly values: FlagValues<Flags>;
  /** Names (snake_case) of the flags that the command line or the environment gave. */
  readonly given: ReadonlySet<string>;
  /** One line for each deprecated flag that was given. */
  readonly warnings: readonly string[];
}

/** What `--help` needs beside the flags. */
export interface HelpText {
  /** `km scheduler` */
  readonly usage: string;
  readonly description: string;
}

/** Thrown for `--help`: the text to print, exit code 0. */
export class HelpRequested extends Error {
  override readonly name = 'HelpRequested';
  constructor(readonly text: string) {
    super('help requested');
  }
}

/**
 * Parses Go-style flags: `--name=value`, `--name value`, `-name=value`, `--bool`, `--bool=false`. `--snake_case` and
 * `--dash-case` are the same flag. Precedence: command line, environment variable, default.
 * @throws UsageError naming the flag; HelpRequested
 */
export function parseFlags<Flags extends FlagDefinitions>(
  definitions: Flags,
  argv: readonly string[],
  help: HelpText,
  env: NodeJS.ProcessEnv = process.env,
): ParsedFlags<Flags> {
  const flags = new FlagTable(definitions);
  const command = buildCommand(definitions, help, env);
  if (asksForHelp(argv)) throw new HelpRequested(command.helpInformation());
  try {
    command.parse(flags.normalize(argv), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageError(commanderText(error), { cause: error });
    throw error;
  }
  const parsed: Record<string, unknown> = command.opts();
  const values: Record<string, unknown> = {};
  const given = new Set<string>();
  const warnings: string[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    const attribute = attributeName(name);
    values[name] = parsed[attribute];
    const source = command.getOptionValueSource(attribute);
    if (source !== 'cli' && source !== 'env') continue;
    given.add(name);
    if (definition.deprecated !== undefined) warnings.push(`--${name} is deprecated: ${definition.deprecated}`);
  }
  return { values: values as FlagValues<Flags>, given, warnings };
}

/** Reads one value in the flag's type. Exported for configuration files that set flags. @throws Error saying what is wrong */
export function parseFlagValue(definition: FlagDefinition, text: string, previous?: readonly string[]): unknown {
  switch (definition.type) {
    case 'string': {
      const problem = definition.check?.(text);
      if (problem !== undefined) throw new Error(problem);
      return text;
    }
    case 'ip':
      if (text !== '' && isIP(text) === 0) throw new Error(`"${text}" is not an IP address`);
      return text;
    case 'int': {
      const value = Number(text);
      if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) throw new Error(`"${text}" is not an integer`);
      if (definition.min !== undefined && value < definition.min) throw new Error(`must be at least ${definition.min}`);
      if (definition.max !== undefined && value > definition.max) throw new Error(`must be at most ${definition.max}`);
      return value;
    }
    case 'float': {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value)) throw new Error(`"${text}" is not a number`);
      return value;
    }
    case 'bool':
      if (/^(1|t|true)$/i.test(text)) return true;
      if (/^(0|f|false)$/i.test(text)) return false;
      throw new Error(`"${text}" is neither true nor false`);
    case 'duration': {
      const value = parseDuration(text);
      if (value === undefined) throw new Error(`"${text}" is not a duration; write it like 300ms, 5s or 1h30m`);
      return value;
    }
    case 'list': {
      const items = text.split(',').filter((item) => item !== '');
      return previous === undefined ? items : [...previous, ...items];
    }
  }
}

/** Finds flags by any spelling. */
class FlagTable {
  readonly #canonical = new Map<string, { name: string; definition: FlagDefinition }>();

  constructor(definitions: FlagDefinitions) {
    for (const [name, definition] of Object.entries(definitions)) {
      for (const spelling of [name, ...(definition.aliases ?? [])]) {
        this.#canonical.set(dashed(spelling), { name, definition });
      }
    }
  }

  /** Every flag as one `--dash-name=value` word; refuses unknown flags and stray words. */
  normalize(argv: readonly string[]): string[] {
    const words: string[] = [];
    for (let at = 0; at < argv.length; at += 1) {
      const word = argv[at] ?? '';
      const match = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(word);
      if (match === null) {
        // A line continuation pasted with a trailing blank arrives as a lone blank word.
        if (word.trim() === '') continue;
        throw new UsageError(
          `unexpected argument "${word}"${word.startsWith('-') ? '' : '; flags are written --name=value'}`,
        );
      }
      const [, spelling = '', attached] = match;
      const flag = this.#canonical.get(dashed(spelling));
      if (flag === undefined) throw new UsageError(`unknown flag: --${spelling}${this.#suggestion(spelling)}`);
      let value = attached;
      if (value === undefined && flag.definition.type === 'bool') value = 'true';
      if (value === undefined) {
        at += 1;
        value = argv[at];
        if (value === undefined) throw new UsageError(`flag needs a value: --${spelling}`);
      }
      words.push(`--${dashed(flag.name)}=${value}`);
    }
    return words;
  }

  #suggestion(spelling: string): string {
    const wanted = dashed(spelling);
    let best: string | undefined;
    let bestDistance = 3;
    for (const candidate of this.#canonical.keys()) {
      const distance = editDistance(wanted, candidate, bestDistance);
      if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
    }
    return best === undefined ? '' : ` (did you mean --${this.#canonical.get(best)?.name ?? best}?)`;
  }
}

function buildCommand(definitions: FlagDefinitions, help: HelpText, env: NodeJS.ProcessEnv): Command {
  const command = new Command(help.usage)
    .description(help.description)
    .usage('[flags]')
    .helpOption('-h, --help', 'show this text')
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .configureHelp({ sortOptions: false, helpWidth: 120 });
  const given = new Set<string>();
  for (const [name, definition] of Object.entries(definitions)) {
    const option = new Option(`--${dashed(name)} <${definition.type}>`, usageText(definition));
    option.argParser((text: string, previous: unknown) => {
      try {
        const earlier = definition.type === 'list' && given.has(name) ? (previous as readonly string[]) : undefined;
        given.add(name);
        return parseFlagValue(definition, text, earlier);
      } catch (error) {
        throw new InvalidArgumentError(errorMessage(error));
      }
    });
    option.default(definition.default, defaultText(definition));
    option.helpGroup(`${definition.group ?? 'Flags'}:`);
    if (definition.hidden === true) option.hideHelp();
    command.addOption(option);
  }
  applyEnvironment(command, definitions, env);
  return command;
}

/** Sets flags from their environment variables before the command line is read. */
function applyEnvironment(command: Command, definitions: FlagDefinitions, env: NodeJS.ProcessEnv): void {
  for (const [name, definition] of Object.entries(definitions)) {
    const text = definition.env === undefined ? undefined : env[definition.env];
    if (text === undefined || text === '') continue;
    try {
      command.setOptionValueWithSource(attributeName(name), parseFlagValue(definition, text), 'env');
    } catch (error) {
      throw new UsageError(`environment variable ${definition.env ?? ''}: ${errorMessage(error)}`);
    }
  }
}

function usageText(definition: FlagDefinition): string {
  const notes = [
    definition.env === undefined ? '' : ` (environment: ${definition.env})`,
    definition.deprecated === undefined ? '' : ` (deprecated: ${definition.deprecated})`,
    (definition.aliases ?? []).length === 0 ? '' : ` (also --${(definition.aliases ?? []).join(', --')})`,
  ];
  return definition.usage + notes.join('');
}

function defaultText(definition: FlagDefinition): string {
  switch (definition.type) {
    case 'duration':
      return formatDuration(definition.default);
    case 'list':
      return definition.default.length === 0 ? 'none' : definition.default.join(',');
    case 'string':
    case 'ip':
      return definition.default === '' ? 'none' : definition.default;
    case 'int':
    case 'float':
    case 'bool':
      return String(definition.default);
  }
}

function commanderText(error: CommanderError): string {
  const invalid = /^error: option '--([\w-]+) <\w+>' argument '([\s\S]*)' is invalid\. ([\s\S]*)$/.exec(error.message);
  if (invalid !== null) return `invalid value for --${invalid[1] ?? ''}: ${invalid[3] ?? ''}`;
  return error.message.replace(/^error: /, '');
}

function asksForHelp(argv: readonly string[]): boolean {
  return argv.some((word) => /^(-h|--?help)(=true)?$/.test(word));
}

function dashed(name: string): string {
  return name.replaceAll('_', '-');
}

function attributeName(name: string): string {
  return dashed(name).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Levenshtein distance, or `limit` once it cannot be smaller. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current[column] = Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
    }
    previous = current;
  }
  return Math.min(previous[right.length] ?? limit, limit);
}
