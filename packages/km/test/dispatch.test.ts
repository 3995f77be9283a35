import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { dispatch, type RoleEntry } from '../src';
import { KM_VERSION } from '../src/version';

const entry = (name: string, hidden = false): RoleEntry => ({
  name,
  summary: `the ${name}`,
  hidden,
  load: () => Promise.reject(new Error('not loaded')),
});
const roles = [entry('apiserver'), entry('scheduler'), entry('secret', true)];
const km = (...argv: string[]) => dispatch('/usr/local/bin/km', argv, roles);

describe('dispatch', () => {
  test('the first word is the role, flags before it go along', () => {
    expect(km('--v=2', 'scheduler', '--ha')).toEqual({ kind: 'role', entry: roles[1], argv: ['--v=2', '--ha'] });
    expect(km('--v', '2', 'scheduler')).toMatchObject({ kind: 'role', argv: ['--v', '2'] });
    expect(km('secret')).toMatchObject({ kind: 'role', entry: roles[2] });
  });

  test("a link with a role's name is that role", () => {
    expect(dispatch('/bin/scheduler', ['--help'], roles)).toEqual({ kind: 'role', entry: roles[1], argv: ['--help'] });
  });

  test.each<[string[], number, string]>([
    [[], 1, 'Error: No server specified'],
    [['nosuch'], 1, 'Error: Server not found: nosuch'],
    [['help'], 1, 'Error: Server not found: help'],
    [['--nosuch'], 1, 'Error: unknown flag: --nosuch'],
    [['--nosuch', 'scheduler'], 1, 'Error: unknown flag: --nosuch'],
    [['--help'], 0, 'km runs one server'],
    [['-h'], 0, 'km runs one server'],
    [['--help', 'scheduler'], 0, 'km runs one server'],
  ])('%j goes to stderr with exit code %d', (argv, exitCode, start) => {
    const result = km(...argv);
    expect(result).toMatchObject({ kind: 'print', stream: 'stderr', exitCode });
    const text = result.kind === 'print' ? result.text : '';
    expect(text.startsWith(start)).toBe(true);
    expect(text).toContain('apiserver  the apiserver\n  scheduler  the scheduler\n');
    expect(text).not.toContain('secret');
  });

  test('versions go to stdout', () => {
    expect(km('--version')).toMatchObject({ kind: 'print', stream: 'stdout', exitCode: 0 });
    expect(km('--version=raw')).toMatchObject({ text: expect.stringMatching(/^\{"kubernetes":"v1/) });
    expect(km('--version=false')).toMatchObject({ exitCode: 1 });
  });

  test('the version is the one of package.json', () => {
    const manifest: unknown = JSON.parse(readFileSync(resolve(__dirname, '../package.json'), 'utf8'));
    expect(manifest).toMatchObject({ version: KM_VERSION });
  });
});
