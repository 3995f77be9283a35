import type { FlagDefinitions, FlagValues } from './flags/flag';
import type { Clock } from './clock';
import type { Logger } from './logger';

/** What the dispatcher hands to a role that it starts. */
export interface RoleContext {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Aborted at SIGTERM or SIGINT: finish what is in hand and return. */
  readonly signal: AbortSignal;
  /** Absolute path of the running `km`, so that a role can serve or start it. */
  readonly kmPath: string;
  /** `argv` of this role, without the program and the role's own name; for a re-exec with the same flags. */
  readonly argv: readonly string[];
}

/** One role of `km`: its flags and its main function. Each role package exports exactly one. */
export interface RoleCommand<Flags extends FlagDefinitions = FlagDefinitions> {
  readonly name: string;
  /** One line for `km --help`. */
  readonly summary: string;
  /** Paragraphs for `km <role> --help`. */
  readonly description: string;
  readonly flags: Flags;
  /** Runs until the signal aborts. Throws `UsageError` for contradicting flags, `FatalError` for what ends the process. */
  run(values: FlagValues<Flags>, context: RoleContext): Promise<void>;
}

/** Keeps the flag types of a role while it is declared. */
export function defineRole<const Flags extends FlagDefinitions>(role: RoleCommand<Flags>): RoleCommand<Flags> {
  return role;
}
