import type { FlagDefinitions, FlagValues } from './flags/flag';

/** Flags of every command that say what is logged, and where; the names are glog's. */
export const loggingFlags = {
  v: {
    type: 'int',
    default: 0,
    min: 0,
    group: 'Logging',
    usage: 'log level: 2 and up writes debug lines',
  },
  log_format: {
    type: 'string',
    default: 'text',
    group: 'Logging',
    usage: 'text (one readable line) or json (one object a line)',
    check: (value) => (value === 'text' || value === 'json' ? undefined : 'must be text or json'),
  },
  logtostderr: {
    type: 'bool',
    default: true,
    group: 'Logging',
    usage: 'log to stderr; with false, to files in --log_dir',
  },
  alsologtostderr: {
    type: 'bool',
    default: false,
    group: 'Logging',
    usage: 'log to stderr as well as to files',
  },
  log_dir: {
    type: 'string',
    default: '',
    group: 'Logging',
    usage: 'directory of the log files <role>.log; used with --logtostderr=false',
  },
} as const satisfies FlagDefinitions;

export type LoggingFlagValues = FlagValues<typeof loggingFlags>;
