import fc from 'fast-check';
import { StatusError } from '@kubernetes-mesos/api-types';
import { systemClock } from '@kubernetes-mesos/component-base';
import { DEFAULT_LIMITS } from '../../src/http/limits';
import { BodySyntaxError } from '../../src/http/parse-body';
import { typedBody, valueOf } from '../../src/http/read-body';
import { YamlReader } from '../../src/http/yaml-reader';

const NESTING = 64;
const limits = { ...DEFAULT_LIMITS, nesting: NESTING };

describe('YAML', () => {
  let yaml: YamlReader;
  beforeAll(() => {
    yaml = new YamlReader(systemClock, { readMs: 1_000 });
  });
  afterAll(() => yaml.close());

  const read = async (text: string | Uint8Array): Promise<unknown> =>
    valueOf(await typedBody(Buffer.from(text), 'yaml', { limits, yaml }), NESTING);

  test('is read as 1.1 has it, aliases are refused', async () => {
    expect(await read('a: yes\ny: 1\nn: [0x10, 1_000]')).toEqual({ a: true, true: 1, false: [16, 1000] });
    expect(await read('t: 2001-12-14\nb: !!binary aGk=\ns: !!set {x, z}')).toEqual({
      t: '2001-12-14T00:00:00.000Z',
      b: 'aGk=',
      s: { x: null, z: null },
    });
    await expect(read('a: &x [1]\nb: [*x, *x]')).rejects.toThrow(BodySyntaxError);
  });

  test('any bytes are read or refused, never worse', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        try {
          await read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(BodySyntaxError);
        }
      }),
    );
  });

  test('any JSON value is read as JSON reads it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 4 })),
        async (value) => {
          if (JSON.stringify(value).includes('__proto__')) return;
          expect(await read(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });

  test.each(['__proto__: {x: 1}', 'a: [{"__proto__": 1}]', '"\\x5f_proto__": 1', '[[[[a: {__proto__: b}]]]]'])(
    'a member that changes what an object is: %s',
    async (text) => {
      await expect(read(text)).rejects.toThrow(BodySyntaxError);
    },
  );

  test('what is made to keep the library busy keeps nobody else waiting, and is refused in the end', async () => {
    const hostile = [
      '? '.repeat(30_000),
      `{${'? {'.repeat(5_000)}`,
      '- '.repeat(60_000),
      '['.repeat(100_000),
      'a: ]\n'.repeat(20_000),
      '!t '.repeat(30_000),
      '&a '.repeat(30_000),
      `${'- '.repeat(50)}\n`.repeat(5_000),
    ];
    // Starting the thread is not what is looked at.
    await read('a: 1');
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    const answers = await Promise.allSettled(hostile.map(read));
    clearInterval(turning);
    expect(answers.map(({ status }) => status)).toEqual(hostile.map(() => 'rejected'));
    // The library takes some seconds for these. Here, they would be a turn each.
    expect(turns).toBeGreaterThan(20 * hostile.length);
    expect(await read('still: here')).toEqual({ still: 'here' });
  });

  test('many members, given twice, and long lists are read', async () => {
    const members = Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`).join('\n');
    const patient = new YamlReader(systemClock, { readMs: 60_000 });
    try {
      const value = await patient.toJson(Buffer.from(`${members}\nk0: 2`));
      expect(JSON.parse(value.json)).toMatchObject({ k0: 2, k9999: 1 });
      expect(value.duplicateLines).toEqual(['line 10001: key "k0" already set in map']);
    } finally {
      patient.close();
    }
  });

  test('past its own limit it is told to be too large; JSON in its name is not', async () => {
    const long = 'x'.repeat(1024 * 1024);
    await expect(read(`a: ${long}`)).rejects.toThrow(StatusError);
    expect(await read(`{"a":"${long}"}`)).toEqual({ a: long });
  });

  test('too many at a time are told to come back', async () => {
    const busy = new YamlReader(systemClock, { waiting: 2 });
    const answers = await Promise.allSettled(
      ['a: 1', 'b: 2', 'c: 3', 'd: 4'].map((text) => busy.toJson(Buffer.from(text))),
    );
    busy.close();
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    await expect(busy.toJson(Buffer.from('e: 5'))).rejects.toThrow(StatusError);
  });
});
