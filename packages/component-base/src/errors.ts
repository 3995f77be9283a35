/** The user gave contradicting, unknown or missing flags: one line to stderr, exit code 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The process cannot go on: one line to stderr that says what to change, and this exit code. */
export class FatalError extends Error {
  override readonly name = 'FatalError';
  readonly exitCode: number;
  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.exitCode = options.exitCode ?? 255;
  }
}

/** Ends a `switch` over a union: fails to compile when a member is not handled. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}

/** The message of whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
