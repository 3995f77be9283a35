import type { Readable, Writable } from 'node:stream';

/** Which of a command's streams the client wants. */
export interface WantedStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The client's ends of the streams of a command, whatever carries them. */
export interface CommandStreams {
  readonly stdin?: Readable;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
  /** JSON objects, one after the other. */
  readonly resize?: Readable;
  /** Resolves when the client is gone. */
  readonly closed: Promise<void>;
  /** Tells the client how it ended, ends the outputs, and lets go of the client. */
  finish(status: CommandStatus): Promise<void>;
}

/** How a command ended: a Status as the API writes it. */
export interface CommandStatus {
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: object;
  readonly code?: number;
}

export function exitStatus(code: number): CommandStatus {
  if (code === 0) return { status: 'Success' };
  return {
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** The command could not be run, or the streams broke. */
export function failureStatus(message: string): CommandStatus {
  return {
    status: 'Failure',
    message: `Internal error occurred: ${message}`,
    reason: 'InternalError',
    details: { causes: [{ message }] },
    code: 500,
  };
}

/** What the error stream says: JSON since `v4.channel.k8s.io`, before that the text of a failure and nothing of a success. */
export function statusText(status: CommandStatus, protocol: string): string {
  if (/^v[45]\./.test(protocol)) return JSON.stringify({ metadata: {}, ...status });
  return status.status === 'Success' ? '' : (status.message ?? 'unknown error');
}

/** The last size that `text` holds in full, and what follows it. What cannot be read is skipped. Pure. */
export function lastSize(text: string): { readonly size?: TerminalSize; readonly rest: string } {
  const end = text.lastIndexOf('}') + 1;
  const rest = text.slice(end);
  const start = text.lastIndexOf('{', end);
  if (end === 0 || start < 0) return { rest };
  try {
    const value: unknown = JSON.parse(text.slice(start, end));
    if (typeof value !== 'object' || value === null || !('Width' in value) || !('Height' in value)) return { rest };
    const [columns, rows] = [Number(value.Width), Number(value.Height)];
    return isDimension(columns) && isDimension(rows) ? { size: { columns, rows }, rest } : { rest };
  } catch {
    return { rest };
  }
}

function isDimension(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= 0xffff;
}
