export { systemClock, type Clock, type Timer } from './clock';
export { Backoff, type BackoffOptions } from './backoff';
export { assertNever, errorMessage, FatalError, UsageError } from './errors';
export { createLogger, silentLogger, type Logger, type LogFields, type LoggerOptions } from './logger';
export { defineRole, type RoleCommand, type RoleContext } from './role-command';
export type {
  BoolFlag,
  DurationFlag,
  FlagDefinition,
  FlagDefinitions,
  FlagValues,
  FloatFlag,
  IntFlag,
  IpFlag,
  ListFlag,
  StringFlag,
} from './flags/flag';
export { formatDuration, parseDuration } from './flags/duration';
export { HelpRequested, parseFlags, parseFlagValue, type HelpText, type ParsedFlags } from './flags/parse';
export { loggingFlags, type LoggingFlagValues } from './logging-flags';
export { KUBERNETES_VERSION } from './version';
export { runRole, type RoleProcess } from './run-role';
export {
  createMetricsRegistry,
  listen,
  startStatusServer,
  type HealthCheck,
  type StatusServer,
  type StatusServerOptions,
} from './status-server';
