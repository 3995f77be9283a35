import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withTempDir } from '@kubernetes-mesos/test-support';
import { ContainerLog } from '../../src/runtime/process/container-log';
import { DEFAULT_LOG_LIMITS } from '../../src/runtime/runtime';
import { createOutputPipes } from '../../src/runtime/process/output-pipes';
import { ManagedProcess } from '../../src/runtime/process/managed-process';

const runToEnd = (script: string) =>
  withTempDir(async (folder) => {
    const logFile = join(folder, 'container.log');
    const process_ = new ManagedProcess({
      command: ['/bin/sh', '-c', script],
      environment: { PATH: process.env['PATH'] ?? '' },
      cwd: folder,
      stdin: false,
      log: new ContainerLog(logFile, DEFAULT_LOG_LIMITS),
      pipes: await createOutputPipes(folder),
      isolated: false,
      onExit: () => undefined,
    });
    await process_.exited;
    return { state: process_.state, log: readFileSync(logFile, 'utf8') };
  });

describe('a managed process', () => {
  test('may open its output by path, as nginx and many scripts do', async () => {
    const { state, log } = await runToEnd('echo to the path > /dev/stdout && echo to the other > /dev/stderr');
    expect(state).toMatchObject({ phase: 'exited', exitCode: 0 });
    expect(log).toMatch(/ stdout .*to the path\n/);
    expect(log).toMatch(/ stderr .*to the other\n/);
  });

  test('loses nothing of a long output, and ends when it has ended', async () => {
    const { state, log } = await runToEnd('i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; exit 3');
    expect(state).toMatchObject({ phase: 'exited', exitCode: 3 });
    expect(log.trimEnd().split('\n')).toHaveLength(20_000);
    expect(log.trimEnd().endsWith('line 19999')).toBe(true);
  });

  test('a program that is not there is an end with a message', async () => {
    const { state } = await runToEnd('exec /no/such/program');
    expect(state).toMatchObject({ phase: 'exited', exitCode: 127 });
  });
});
