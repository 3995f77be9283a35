import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir } from '@kubernetes-mesos/test-support';
import { abacAuthorizer, allows, parseAbacLine } from '../../src/authorization/abac';
import type { AccessRequest } from '../../src/authorization/authorizer';

const request: AccessRequest = {
  user: { name: 'bob', uid: '1', groups: ['devs'] },
  verb: 'get',
  isResource: true,
  group: '',
  namespace: 'projects',
  resource: 'pods',
  subresource: '',
  name: 'p',
  path: '/api/v1/namespaces/projects/pods/p',
};

function allowed(line: string, change: Partial<AccessRequest> = {}): boolean {
  const policy = parseAbacLine(line);
  if (typeof policy === 'string') throw new Error(policy);
  return allows(policy, { ...request, ...change });
}

describe('ABAC policies', () => {
  test('the flat form of 2015: an absent field restricts nothing', () => {
    expect(allowed('{"user":"bob"}')).toBe(true);
    expect(allowed('{"user":"alice"}')).toBe(false);
    expect(allowed('{"user":"bob","readonly":true}')).toBe(true);
    expect(allowed('{"user":"bob","readonly":true}', { verb: 'create' })).toBe(false);
    expect(allowed('{"user":"bob","resource":"services"}')).toBe(false);
    expect(allowed('{"user":"bob","ns":"projects","resource":"pods"}')).toBe(true);
    expect(allowed('{"user":"bob","namespace":"other"}')).toBe(false);
    expect(allowed('{"group":"devs"}')).toBe(true);
    expect(allowed('{}')).toBe(true);
  });

  test('the newer form: what is absent allows nothing', () => {
    const line = (spec: object) =>
      JSON.stringify({ apiVersion: 'abac.authorization.kubernetes.io/v1beta1', kind: 'Policy', spec });
    const everything = { namespace: '*', resource: '*', apiGroup: '*' };
    expect(allowed(line({ user: 'bob', ...everything }))).toBe(true);
    expect(allowed(line({ ...everything }))).toBe(false);
    expect(
      allowed(line({ user: '*', ...everything, nonResourcePath: '/version' }), { isResource: false, path: '/version' }),
    ).toBe(true);
    expect(allowed(line({ user: '*', nonResourcePath: '/logs/*' }), { isResource: false, path: '/logs/a' })).toBe(true);
    expect(allowed(line({ user: '*', nonResourcePath: '/logs/*' }), { isResource: false, path: '/metrics' })).toBe(
      false,
    );
    expect(allowed(line({ group: 'devs', namespace: 'projects', resource: 'pods', apiGroup: '' }))).toBe(true);
    expect(allowed(line({ group: 'devs', namespace: 'projects', resource: 'pods', apiGroup: 'apps' }))).toBe(false);
  });

  test('names of fields match without regard to case: a misspelt readonly must not let anybody write', () => {
    expect(allowed('{"user":"bob","readOnly":true}', { verb: 'create' })).toBe(false);
    expect(allowed('{"User":"alice"}')).toBe(false);
  });

  test.each([
    ['nonsense', 'it is no JSON'],
    ['[]', 'it is no object'],
    ['{"apiVersion":"v9","spec":{}}', 'its apiVersion is not one of'],
    ['{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Role","spec":{}}', 'its kind is not Policy'],
    ['{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy"}', 'it has no spec'],
    ['{"user":"bob","readonly":"true"}', 'its field readonly is neither true nor false'],
    ['{"user":["bob"]}', 'its field user is no text'],
  ])('%s is no policy', (line, problem) => {
    expect(parseAbacLine(line)).toContain(problem);
  });

  test('a bad line ends the start, by its number; comments and blank lines count but say nothing', async () => {
    const dir = await createTempDir('km-abac-');
    try {
      const path = join(dir.path, 'policy');
      await writeFile(path, '# who may do what\n\n  # indented\n{"user":"bob"}\n');
      const authorizer = await abacAuthorizer(path);
      expect(authorizer.authorize(request).isAllowed).toBe(true);
      await writeFile(path, '# who may do what\n\n{"user":"bob"}\n{"user":\n');
      await expect(abacAuthorizer(path)).rejects.toThrow(`line 4 of ${path} is no policy: it is no JSON`);
    } finally {
      await dir.dispose();
    }
  });
});
