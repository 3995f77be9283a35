import winston from 'winston';

/** Facts of a log line. Keys are the same for the same thing everywhere: `pod`, `node`, `task`, `agent`, `offer`, `error`. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * The only logger of the house: a constant message plus facts as fields, never secrets or whole objects.
 * `debug` is written from `--v=2` on; check `isDebugEnabled` before building fields on a hot path.
 */
export interface Logger {
  readonly isDebugEnabled: boolean;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** The role that logs, e.g. `apiserver`. */
  readonly component: string;
  /** `--v`: 0 and 1 write info and above, 2 and up also debug. Default 0. */
  readonly verbosity?: number;
  /** `text` (default) writes one readable line; `json` one JSON object a line. */
  readonly format?: 'text' | 'json';
  /** Writes there too; created when missing. */
  readonly file?: string;
  /** Default true. */
  readonly stderr?: boolean;
}

export function createLogger(options: LoggerOptions): Logger {
  const { verbosity = 0, format = 'text', file, stderr = true } = options;
  const backend = winston.createLogger({
    level: verbosity >= 2 ? 'debug' : 'info',
    format:
      format === 'json'
        ? winston.format.combine(winston.format.timestamp(), winston.format.json())
        : winston.format.combine(winston.format.timestamp(), winston.format.printf(textLine)),
    transports: [
      ...(stderr ? [new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })] : []),
      ...(file === undefined ? [] : [new winston.transports.File({ filename: file })]),
    ],
  });
  return new WinstonLogger(backend, { component: options.component });
}

/** Writes nothing; the default of libraries and of quiet tests. */
export const silentLogger: Logger = {
  isDebugEnabled: false,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

class WinstonLogger implements Logger {
  readonly #backend: winston.Logger;
  readonly #fields: LogFields;

  constructor(backend: winston.Logger, fields: LogFields) {
    this.#backend = backend;
    this.#fields = fields;
  }

  get isDebugEnabled(): boolean {
    return this.#backend.isDebugEnabled();
  }
  debug(message: string, fields?: LogFields): void {
    this.#write('debug', message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }
  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }
  child(fields: LogFields): Logger {
    return new WinstonLogger(this.#backend, { ...this.#fields, ...fields });
  }

  #write(level: string, message: string, fields: LogFields | undefined): void {
    this.#backend.log(level, message, { fields: fields === undefined ? this.#fields : { ...this.#fields, ...fields } });
  }
}

function textLine(info: winston.Logform.TransformableInfo): string {
  const fields = info['fields'] as LogFields | undefined;
  const { component, ...rest } = fields ?? {};
  const facts = Object.entries(rest)
    .map(([key, value]) => ` ${key}=${fieldText(value)}`)
    .join('');
  return `${String(info['timestamp'])} ${levelLetter(info.level)} ${fieldText(component)}: ${String(info.message)}${facts}`;
}

function levelLetter(level: string): string {
  return level.charAt(0).toUpperCase();
}

/** Characters of one fact in a line: errors may quote what a client has sent. */
const MAX_FIELD_CHARS = 4_000;

function fieldText(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(clipped(errorText(value)));
  if (typeof value === 'string') return /^[\w./:@-]{0,4000}$/.test(value) ? value : JSON.stringify(clipped(value));
  return clipped(JSON.stringify(value) ?? String(value));
}

function clipped(text: string): string {
  return text.length <= MAX_FIELD_CHARS ? text : `${text.slice(0, MAX_FIELD_CHARS)}... (${text.length} characters)`;
}

function errorText(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${errorText(error.cause)}` : error.message;
}
