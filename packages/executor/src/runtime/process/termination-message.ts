import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import type { ContainerStart, ObservedState } from '../runtime';
import { readLog, type LogFiles } from './log-reader';

export interface EndedContainer {
  readonly spec: ContainerStart;
  readonly log: LogFiles;
  readonly state: ObservedState;
}

const MAX_MESSAGE_BYTES = 4096;

/** What a container has left to say: its message file, or the end of its log when it asked for that. */
export async function terminationMessage(record: EndedContainer): Promise<string> {
  const text = await readFile(record.spec.terminationMessageFile, 'utf8').catch(() => '');
  if (text !== '') return text.slice(0, MAX_MESSAGE_BYTES);
  const { state } = record;
  const fallback = record.spec.container.terminationMessagePolicy === 'FallbackToLogsOnError';
  if (!fallback || state.phase !== 'exited' || state.exitCode === 0) return '';
  const log = await textOf(readLog(record.log, { follow: false, timestamps: false, tailLines: 80 }, () => false));
  return log.slice(-2048);
}
