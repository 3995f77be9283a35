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
