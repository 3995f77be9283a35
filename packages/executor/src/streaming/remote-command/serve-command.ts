import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorMessage } from '@kubernetes-mesos/component-base';
import { exitStatus, failureStatus, lastSize, type CommandStreams } from './command-streams';

/** A command that runs, or a container that is attached to. */
export interface RunningCommand {
  readonly stdin?: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  resize(columns: number, rows: number): Promise<void>;
  readonly exit: Promise<number>;
  /** Lets go of the streams; ends the command where that is possible. */
  close(): void;
}

const MAX_SIZE_TEXT = 1_024;

/**
 * Joins a client's streams with a command until the command ends or the client leaves.
 * @param failure what comes before the error when `start` or the streams fail
 */
export async function serveCommand(
  streams: CommandStreams,
  start: () => Promise<RunningCommand>,
  failure: string,
): Promise<void> {
  let command: RunningCommand;
  try {
    command = await start();
  } catch (error) {
    await streams.finish(failureStatus(`${failure}: ${errorMessage(error)}`));
    return;
  }
  void streams.closed.then(() => command.close());
  try {
    if (command.stdin !== undefined && streams.stdin !== undefined) feed(streams.stdin, command.stdin);
    if (streams.resize !== undefined) followSize(streams.resize, command);
    const [code] = await Promise.all([
      command.exit,
      copy(command.stdout, streams.stdout),
      copy(command.stderr, streams.stderr),
    ]);
    await streams.finish(exitStatus(code));
  } catch (error) {
    await streams.finish(failureStatus(`${failure}: ${errorMessage(error)}`));
  } finally {
    command.close();
  }
}

/** A command that does not read its input to the end has no fault. */
function feed(from: Readable, to: Writable): void {
  pipeline(from, to).catch(() => from.resume());
}

async function copy(from: Readable, to: Writable | undefined): Promise<void> {
  if (to === undefined) from.resume();
  else await pipeline(from, to, { end: false });
}

function followSize(source: Readable, command: RunningCommand): void {
  let text = '';
  source.on('data', (chunk: Buffer) => {
    const { size, rest } = lastSize(text + chunk.toString('utf8'));
    text = rest.slice(-MAX_SIZE_TEXT);
    if (size !== undefined) command.resize(size.columns, size.rows).catch(() => undefined);
  });
  source.on('error', () => undefined);
}
