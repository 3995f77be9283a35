import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { eventually } from '@kubernetes-mesos/test-support';
import { ContainerLog } from '../../src/runtime/process/container-log';
import { readLog } from '../../src/runtime/process/log-reader';
import type { LogLimits, LogOptions } from '../../src/runtime/runtime';

const PLAIN: LogOptions = { follow: false, timestamps: false };

describe("a container's log", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'km-log-'));
    path = join(folder, 'container.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const log = (limits: Partial<LogLimits> = {}): ContainerLog =>
    new ContainerLog(path, { maxBytes: 1_000, maxFiles: 3, ...limits });
  const write = async (target: ContainerLog, from: number, to: number): Promise<void> => {
    for (let index = from; index < to; index += 1) {
      if (!target.write('stdout', Buffer.from(`line ${index}\n`))) {
        await new Promise<void>((resolve) => target.drained(resolve));
      }
    }
  };
  const read = (source: ContainerLog, options: Partial<LogOptions> = {}): Promise<string> =>
    text(readLog(source, { ...PLAIN, ...options }, () => false));

  test('takes no more room than it may', async () => {
    const target = log();
    await write(target, 0, 1_000);
    await target.close();
    expect(readdirSync(folder).sort()).toHaveLength(3);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(1_000);
    const lines = (await read(target)).trimEnd().split('\n');
    expect(lines.at(-1)).toBe('line 999');
    expect(lines).toEqual(lines.map((_line, index) => `line ${1_000 - lines.length + index}`));
  });

  test('is read as if it were one file, whatever the cuts and whatever is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 2_000 }),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 130 }),
        async (maxBytes, count, tailLines) => {
          rmSync(folder, { recursive: true, force: true });
          folder = mkdtempSync(join(tmpdir(), 'km-log-'));
          path = join(folder, 'container.log');
          const target = log({ maxBytes, maxFiles: 1_000 });
          await write(target, 0, count);
          await target.close();
          const lines = Array.from({ length: count }, (_, index) => `line ${index}\n`);
          expect(await read(target)).toBe(lines.join(''));
          expect(await read(target, { tailLines })).toBe(lines.slice(Math.max(0, count - tailLines)).join(''));
          expect(await read(target, { limitBytes: 50 })).toBe(lines.join('').slice(0, 50));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('is followed across its files, and nothing of it is missed or said twice', async () => {
    const target = log({ maxBytes: 2_000, maxFiles: 4 });
    let isAlive = true;
    await write(target, 0, 10);
    await eventually(async () => (await read(target)).endsWith('line 9\n'));
    const follower = readLog(target, { ...PLAIN, follow: true, tailLines: 2 }, () => isAlive);
    const lines = collect(follower);
    await eventually(() => lines.length === 2);
    for (let round = 1; round <= 20; round += 1) {
      await write(target, round * 10, round * 10 + 10);
      await eventually(() => lines.at(-1) === `line ${round * 10 + 9}`);
    }
    await target.close();
    isAlive = false;
    await eventually(() => follower.closed);
    expect(lines).toEqual(Array.from({ length: 202 }, (_, index) => `line ${8 + index}`));
  });

  test('a slow reader loses what is gone, and goes on with what is there', async () => {
    const target = log({ maxBytes: 1_000, maxFiles: 2 });
    await write(target, 0, 5);
    const follower = readLog(target, { ...PLAIN, follow: true }, () => true);
    await write(target, 5, 500);
    const lines = collect(follower);
    await eventually(() => lines.at(-1) === 'line 499');
    expect(new Set(lines).size).toBe(lines.length);
    follower.destroy();
    await eventually(() => follower.closed);
    await target.close();
  });

  test('keeps bytes that are not text, and letters that come in two pieces', async () => {
    const target = log();
    const word = Buffer.from('grüße 世界\n');
    for (const byte of word) target.write('stdout', Buffer.from([byte]));
    target.write('stderr', Buffer.from([0xff, 0xfe, 0x00, 0x0a]));
    await target.close();
    const chunks: Buffer[] = [];
    for await (const chunk of readLog(target, PLAIN, () => false)) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks)).toEqual(Buffer.concat([word, Buffer.from([0xff, 0xfe, 0x00, 0x0a])]));
  });

  test('a line that never ends is written in parts and read as one', async () => {
    const target = log({ maxBytes: 1_000_000 });
    for (let index = 0; index < 50; index += 1) target.write('stdout', Buffer.alloc(1_000, 'x'));
    await target.close();
    expect(readFileSync(path, 'latin1').match(/ stdout P /g)).toHaveLength(3);
    expect(await read(target)).toBe(`${'x'.repeat(50_000)}\n`);
  });

  test('a disk without the file ends nobody', async () => {
    const target = new ContainerLog(join(folder, 'absent', 'container.log'), { maxBytes: 10, maxFiles: 2 });
    expect(target.write('stdout', Buffer.from('lost\n'.repeat(10)))).toBe(true);
    await target.close();
    expect(await read(target)).toBe('');
  });
});

function collect(stream: Readable): string[] {
  const lines: string[] = [];
  let rest = '';
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  return lines;
}
