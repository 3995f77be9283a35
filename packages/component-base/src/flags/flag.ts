/** Declarations of command line flags: name, type, default, unit, environment variable and text in one place. */

interface FlagBase {
  /** Usage text; says the unit where the type does not carry it. */
  readonly usage: string;
  /** Heading under which `--help` lists the flag. */
  readonly group?: string;
  /** Environment variable that gives the value when the flag is absent. */
  readonly env?: string;
  /** Other names of the same flag; snake_case and dash-case never need one. */
  readonly aliases?: readonly string[];
  /** Says what to use instead; the flag still works and warns once. */
  readonly deprecated?: string;
  /** Kept out of `--help`. */
  readonly hidden?: boolean;
}

export interface StringFlag extends FlagBase {
  readonly type: 'string';
  readonly default: string;
  /** Refuses a value by returning what is wrong with it. */
  readonly check?: (value: string) => string | undefined;
}
export interface IntFlag extends FlagBase {
  readonly type: 'int';
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
}
export interface FloatFlag extends FlagBase {
  readonly type: 'float';
  readonly default: number;
}
export interface BoolFlag extends FlagBase {
  readonly type: 'bool';
  readonly default: boolean;
}
/** Go duration text on the command line (`1m30s`), milliseconds inside. */
export interface DurationFlag extends FlagBase {
  readonly type: 'duration';
  /** ms */
  readonly default: number;
}
/** Comma separated on the command line; a repeated flag appends. */
export interface ListFlag extends FlagBase {
  readonly type: 'list';
  readonly default: readonly string[];
}
/** An IP address, `''` when unset. */
export interface IpFlag extends FlagBase {
  readonly type: 'ip';
  readonly default: string;
}

export type FlagDefinition = StringFlag | IntFlag | FloatFlag | BoolFlag | DurationFlag | ListFlag | IpFlag;

/** Keyed by the flag's name in snake_case, as the original spells it: `mesos_master`. */
export type FlagDefinitions = Readonly<Record<string, FlagDefinition>>;

type FlagValue<Definition extends FlagDefinition> = Definition extends { type: 'string' | 'ip' }
  ? string
  : Definition extends { type: 'int' | 'float' | 'duration' }
    ? number
    : Definition extends { type: 'bool' }
      ? boolean
      : readonly string[];

/** Parsed values under the same keys, plus which flags the user gave. */
export type FlagValues<Flags extends FlagDefinitions> = {
  readonly [Name in keyof Flags]: FlagValue<Flags[Name]>;
};
