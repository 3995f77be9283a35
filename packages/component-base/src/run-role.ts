import { systemClock } from './clock';
import { errorMessage, FatalError, UsageError } from './errors';
import { HelpRequested, parseFlags } from './flags/parse';
import { loggingFlags, type LoggingFlagValues } from './logging-flags';
import { createLogger, type Logger } from './logger';
import type { RoleCommand } from './role-command';

/** Where a role's process touches the outside; replaced in tests. */
export interface RoleProcess {
  readonly argv: readonly string[];
  readonly kmPath: string;
  readonly stderr: { write(text: string): unknown };
  /** Calls back once at the first SIGTERM or SIGINT. Returns how to stop listening. */
  onStop(callback: (signal: string) => void): () => void;
}

const EXIT_OK = 0;
const EXIT_USAGE = 1;

/**
 * Runs one role to its end and answers the process' exit code: 0 after a signal or `--help`, 1 for a usage error or a
 * role that failed, the code of a `FatalError` (255 unless it says otherwise) for what cannot go on.
 */
export async function runRole(role: RoleCommand, roleProcess: RoleProcess): Promise<number> {
  const { stderr } = roleProcess;
  const usage = `km ${role.name}`;
  try {
    const definitions = { ...role.flags, ...loggingFlags };
    const { values, warnings } = parseFlags(definitions, roleProcess.argv, { usage, description: role.description });
    const logger = roleLogger(role.name, values);
    for (const warning of warnings) logger.warn(warning);
    await runUntilStopped(role, values, logger, roleProcess);
    return EXIT_OK;
  } catch (error) {
    if (error instanceof HelpRequested) {
      stderr.write(error.text);
      return EXIT_OK;
    }
    if (error instanceof UsageError) {
      stderr.write(`Error: ${error.message} (see "${usage} --help")\n`);
      return EXIT_USAGE;
    }
    if (error instanceof FatalError) {
      stderr.write(`F ${role.name}: ${error.message}\n`);
      return error.exitCode;
    }
    stderr.write(`Error: ${role.name}: ${errorMessage(error)}\n`);
    if (error instanceof Error && error.stack !== undefined) stderr.write(`${error.stack}\n`);
    return EXIT_USAGE;
  }
}

async function runUntilStopped(
  role: RoleCommand,
  values: Parameters<RoleCommand['run']>[0],
  logger: Logger,
  roleProcess: RoleProcess,
): Promise<void> {
  const stop = new AbortController();
  const stopListening = roleProcess.onStop((signal) => {
    logger.info('stopping', { signal });
    stop.abort(new Error(`received ${signal}`));
  });
  try {
    await role.run(values, {
      logger,
      clock: systemClock,
      signal: stop.signal,
      kmPath: roleProcess.kmPath,
      argv: roleProcess.argv,
    });
  } catch (error) {
    // A role may end by letting the abort pass through.
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
  } finally {
    stopListening();
  }
}

function roleLogger(component: string, values: LoggingFlagValues): Logger {
  const toFiles = !values.logtostderr;
  if (toFiles && values.log_dir === '') throw new UsageError('--logtostderr=false needs --log_dir');
  return createLogger({
    component,
    verbosity: values.v,
    format: values.log_format === 'json' ? 'json' : 'text',
    ...(toFiles ? { file: `${values.log_dir}/${component}.log`, stderr: values.alsologtostderr } : {}),
  });
}
