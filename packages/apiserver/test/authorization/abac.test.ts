import { allows, parseAbacLine } from '../../src/authorization/abac';
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
  if (policy === undefined) throw new Error('no policy');
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

  test.each(['nonsense', '[]', '{"apiVersion":"v9","spec":{}}'])('%s is no policy', (line) => {
    expect(parseAbacLine(line)).toBeUndefined();
  });
});
