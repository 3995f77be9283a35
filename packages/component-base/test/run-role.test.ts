import { defineRole, FatalError, runRole, UsageError, type RoleCommand } from '../src';

function run(role: RoleCommand, argv: string[] = []) {
  let stderr = '';
  let stop: (signal: string) => void = () => undefined;
  const exitCode = runRole(role, {
    argv,
    kmPath: '/km',
    stderr: { write: (text) => (stderr += text) },
    onStop: (callback) => {
      stop = callback;
      return () => undefined;
    },
  });
  return { exitCode, stop: (signal: string) => stop(signal), stderr: () => stderr };
}

const role = (body: RoleCommand['run']): RoleCommand =>
  defineRole({ name: 'test', summary: 's', description: 'd', flags: {}, run: body });

describe('runRole', () => {
  test('--help is exit code 0 and text on stderr', async () => {
    const { exitCode, stderr } = run(
      role(async () => undefined),
      ['--help'],
    );
    expect(await exitCode).toBe(0);
    expect(stderr()).toContain('km test [flags]');
  });

  test.each<[string, Error, number, string]>([
    ['usage error', new UsageError('--a contradicts --b'), 1, 'Error: --a contradicts --b (see "km test --help")\n'],
    ['fatal error', new FatalError('port taken'), 255, 'F test: port taken\n'],
    ['fatal error with a code', new FatalError('gone', { exitCode: 3 }), 3, 'F test: gone\n'],
  ])('a %s is one line and its exit code', async (_, error, code, line) => {
    const { exitCode, stderr } = run(role(() => Promise.reject(error)));
    expect(await exitCode).toBe(code);
    expect(stderr()).toBe(line);
  });

  test('an unknown flag is one line and exit code 1', async () => {
    const { exitCode, stderr } = run(
      role(async () => undefined),
      ['--nosuch'],
    );
    expect(await exitCode).toBe(1);
    expect(stderr()).toBe('Error: unknown flag: --nosuch (see "km test --help")\n');
  });

  test('a signal aborts the role, and its end is a clean exit', async () => {
    const waiting = role(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    const { exitCode, stop } = run(waiting, ['--logtostderr=false', '--log_dir=/tmp']);
    stop('SIGTERM');
    expect(await exitCode).toBe(0);
  });
});
