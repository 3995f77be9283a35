import { patchProblems, readApply } from '../../src/patch/patches';
import { systemClock } from '@kubernetes-mesos/component-base';
import { DEFAULT_LIMITS } from '../../src/http/limits';
import { typedBody, type RequestBody } from '../../src/http/read-body';
import { duplicateYamlKeys } from '../../src/http/yaml-duplicates';
import { YamlReader } from '../../src/http/yaml-reader';

const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

describe('what a strict reader finds in the text of a patch', () => {
  test('members given twice', () => {
    expect(patchProblems('application/merge-patch+json', bytes('{"data":{"a":"1","a":"2"}}'))).toEqual([
      'duplicate field "data.a"',
    ]);
    expect(patchProblems('application/strategic-merge-patch+json', bytes({ data: { a: '1' } }))).toEqual([]);
  });

  test('operations with members that mean nothing, but nothing inside values', () => {
    const patch = '[{"op":"add","path":"/data","path":"/data","value":{"a":"1","a":"2"},"foo":1}]';
    expect(patchProblems('application/json-patch+json', bytes(patch))).toEqual([
      'json patch unknown field "[0].foo"',
      'json patch duplicate field "[0].path"',
    ]);
  });
});

describe('members given twice in YAML', () => {
  const yaml = new YamlReader(systemClock);
  afterAll(() => yaml.close());
  const bodyOf = (text: string): Promise<RequestBody> =>
    typedBody(bytes(text), 'yaml', { limits: DEFAULT_LIMITS, yaml });

  test('are named with their lines', async () => {
    expect(duplicateYamlKeys(await bodyOf('a: 1\nb:\n  c: 1\n  c: 2\n'))).toEqual([
      'yaml: unmarshal errors:\n  line 4: key "c" already set in map',
    ]);
    expect(duplicateYamlKeys(await bodyOf('{"a":1,"b":{"c":1,"c":2}}'))).toEqual([
      'yaml: unmarshal errors:\n  line 1: key "c" already set in map',
    ]);
    expect(duplicateYamlKeys(await bodyOf('a: [{c: 1}, {c: 2}]\n'))).toEqual([]);
  });

  test('are refused in an apply that is strict, and told in one that warns', async () => {
    const warnings: string[] = [];
    const body = await bodyOf('a: 1\na: 2\n');
    const read = (fieldValidation: 'Strict' | 'Warn' | 'Ignore') =>
      readApply(body, 10, { fieldValidation, warn: (text) => warnings.push(text) });
    expect(() => read('Strict')).toThrow(
      'error strict decoding YAML: yaml: unmarshal errors:\n  line 2: key "a" already set in map',
    );
    expect([read('Ignore'), read('Warn')]).toEqual([{ a: 2 }, { a: 2 }]);
    expect(warnings).toHaveLength(1);
  });
});
