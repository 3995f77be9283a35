import { HelpRequested, parseFlags, UsageError, type FlagDefinitions } from '../src';

const definitions = {
  mesos_master: { type: 'string', default: 'localhost:5050', usage: 'where Mesos is', env: 'MESOS_MASTER' },
  port: { type: 'int', default: 8080, min: 0, max: 65535, usage: 'port' },
  ha: { type: 'bool', default: false, usage: 'leader election' },
  run_proxy: { type: 'bool', default: true, usage: 'run a proxy' },
  failover_timeout: { type: 'float', default: 1.5, usage: 'seconds' },
  node_sync_period: { type: 'duration', default: 10_000, usage: 'period' },
  api_servers: { type: 'list', default: [], usage: 'servers' },
  address: { type: 'ip', default: '127.0.0.1', usage: 'bind', aliases: ['insecure_bind_address'] },
  old: { type: 'string', default: '', usage: 'old', deprecated: 'use --new' },
} as const satisfies FlagDefinitions;

const help = { usage: 'km test', description: 'A test.' };
const parse = (argv: string[], env: NodeJS.ProcessEnv = {}) => parseFlags(definitions, argv, help, env);

describe('parseFlags', () => {
  test('defaults', () => {
    const { values, given } = parse([]);
    expect(values).toEqual({
      mesos_master: 'localhost:5050',
      port: 8080,
      ha: false,
      run_proxy: true,
      failover_timeout: 1.5,
      node_sync_period: 10_000,
      api_servers: [],
      address: '127.0.0.1',
      old: '',
    });
    expect(given.size).toBe(0);
  });

  test.each([
    [['--mesos_master=a:1']],
    [['--mesos-master=a:1']],
    [['--mesos_master', 'a:1']],
    [['-mesos-master', 'a:1']],
    [['-mesos_master=a:1']],
  ])('%j are one flag', (argv) => {
    const { values, given } = parse(argv);
    expect(values.mesos_master).toBe('a:1');
    expect([...given]).toEqual(['mesos_master']);
  });

  test('booleans take a value only behind =', () => {
    expect(parse(['--ha']).values.ha).toBe(true);
    expect(parse(['--ha=false', '--run-proxy=F']).values).toMatchObject({ ha: false, run_proxy: false });
    expect(() => parse(['--ha', 'false'])).toThrow('unexpected argument "false"');
  });

  test('every type is read', () => {
    const argv = [
      '--port=0',
      '--failover_timeout=0',
      '--node_sync_period=1m30s',
      '--api_servers=a,b',
      '--api-servers=c',
      '--address=::1',
    ];
    expect(parse(argv).values).toMatchObject({
      port: 0,
      failover_timeout: 0,
      node_sync_period: 90_000,
      api_servers: ['a', 'b', 'c'],
      address: '::1',
    });
  });

  test('aliases, deprecated flags and empty values', () => {
    expect(parse(['--insecure-bind-address=0.0.0.0']).values.address).toBe('0.0.0.0');
    expect(parse(['--old=x']).warnings).toEqual(['--old is deprecated: use --new']);
    expect(parse(['--mesos_master=']).values.mesos_master).toBe('');
  });

  test('the environment comes before the default and after the command line', () => {
    expect(parse([], { MESOS_MASTER: 'e:1' }).values.mesos_master).toBe('e:1');
    expect(parse(['--mesos_master=c:1'], { MESOS_MASTER: 'e:1' }).values.mesos_master).toBe('c:1');
  });

  test('a trailing line continuation is not an argument', () => {
    expect(parse(['--port=8888', '  ']).values.port).toBe(8888);
  });

  test.each<[string[], string]>([
    [['--nosuch'], 'unknown flag: --nosuch'],
    [['--mesos_mastr=x'], 'unknown flag: --mesos_mastr (did you mean --mesos_master?)'],
    [['--port'], 'flag needs a value: --port'],
    [['--port=x'], 'invalid value for --port: "x" is not an integer'],
    [['--port=70000'], 'invalid value for --port: must be at most 65535'],
    [['--address=nowhere'], 'invalid value for --address: "nowhere" is not an IP address'],
    [
      ['--node_sync_period=5'],
      'invalid value for --node-sync-period: "5" is not a duration; write it like 300ms, 5s or 1h30m',
    ],
    [['--ha=maybe'], 'invalid value for --ha: "maybe" is neither true nor false'],
    [['stray'], 'unexpected argument "stray"; flags are written --name=value'],
  ])('%j is refused', (argv, message) => {
    expect(() => parse(argv)).toThrow(UsageError);
    expect(() => parse(argv)).toThrow(message);
  });

  test('help lists every flag with its default', () => {
    let text = '';
    try {
      parse(['--port=1', '--help']);
    } catch (error) {
      if (error instanceof HelpRequested) text = error.text;
    }
    expect(text).toContain('km test [flags]');
    for (const name of Object.keys(definitions)) expect(text).toContain(`--${name.replaceAll('_', '-')} `);
    expect(text).toContain('(default: 10s)');
  });
});
