import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { controllerManagerRole } from '@kubernetes-mesos/controller-manager';
import { parseFlags, silentLogger, systemClock } from '@kubernetes-mesos/component-base';
import { createTempDir, eventually, freePort, type TempDir } from '@kubernetes-mesos/test-support';
import { startApiServerRole, type ApiServerFixture } from '../golden/api-server';
import { askSecurely, type SecureAnswer, type SecureRequest } from '../support/ask-securely';
import { TestAuthority, type TestCertificate } from '../support/certificates';

const REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const TOKEN_REVIEW = '/apis/authentication.k8s.io/v1/tokenreviews';
const review = { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1' };
const bearer = (token: string): SecureRequest => ({ headers: { authorization: `Bearer ${token}` } });
const basic = (text: string): SecureRequest => ({
  headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
});

interface TokenSecret {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: { readonly token?: string };
}

/** Files as an administrator would write them, beside each other. */
interface Files {
  readonly dir: TempDir;
  readonly flags: readonly string[];
}

async function writeFiles(authority: TestAuthority, keyPem: string): Promise<Files> {
  const dir = await createTempDir('km-authentication-');
  const files: Record<string, string> = {
    'ca.pem': authority.cert,
    passwords: '# password,user,uid\nsesame,ali,7\n"com,ma",basil,8,"cooks,herbs"\n',
    tokens: 'tok-admin,admin,1,"system:masters"\ntok-ann,ann,2,"devs, ops"\ntok-bob,bob,3\n',
    'service-accounts.pem': keyPem,
    policy: [
      '# who may do what',
      '',
      '{"user":"ann","resource":"pods","readonly":true}',
      '{"user":"carla"}',
      '{"user":"system:serviceaccount:default:default"}',
      '{"apiVersion":"abac.authorization.kubernetes.io/v1beta1","kind":"Policy","spec":{"group":"system:authenticated","apiGroup":"authentication.k8s.io","resource":"selfsubjectreviews","namespace":"*"}}',
      '{"user":"ann","resource":"users","namespace":""}',
    ].join('\n'),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir.path, name), text, { mode: 0o600 });
  const path = (name: string): string => join(dir.path, name);
  return {
    dir,
    flags: [
      `--client_ca_file=${path('ca.pem')}`,
      `--basic_auth_file=${path('passwords')}`,
      `--token_auth_file=${path('tokens')}`,
      `--service_account_key_file=${path('service-accounts.pem')}`,
      '--service_account_lookup',
      '--authorization_mode=ABAC',
      `--authorization_policy_file=${path('policy')}`,
      '--admission_control=NamespaceLifecycle,ServiceAccount',
    ],
  };
}

describe('who somebody is on the secure port', () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority('another authority');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  // OpenSSL writes the parameters of a curve before its key; tokens of an older key stay good beside it.
  const older = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
  const keyPem = `-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n${String(privateKey.export({ type: 'sec1', format: 'pem' }))}${String(older)}`;
  let files: Files;
  let server: ApiServerFixture;
  let port: number;

  beforeAll(async () => {
    files = await writeFiles(authority, keyPem);
    port = await freePort();
    server = await startApiServerRole([...files.flags, `--secure_port=${port}`]);
  });
  afterAll(async () => {
    await server.stop();
    await files.dir.dispose();
  });

  async function whoAmI(asked: SecureRequest): Promise<unknown> {
    const { status, body } = await askSecurely(port, REVIEW, { ...asked, method: 'POST', body: review });
    return status === 201 ? body.status.userInfo : status;
  }
  const withCertificate = ({ cert, key }: TestCertificate): SecureRequest => ({ cert, key });
  const admin = (method: string, path: string, body?: unknown): Promise<SecureAnswer> =>
    askSecurely(port, path, { ...bearer('tok-admin'), method, ...(body === undefined ? {} : { body }) });

  test.each<[string, SecureRequest, unknown]>([
    ['a password', basic('ali:sesame'), { username: 'ali', uid: '7', groups: ['system:authenticated'] }],
    [
      'a password with a comma, and groups',
      basic('basil:com,ma'),
      { username: 'basil', uid: '8', groups: ['cooks', 'herbs', 'system:authenticated'] },
    ],
    ['a wrong password', basic('ali:open'), 401],
    ['an unknown user', basic('eve:sesame'), 401],
    ['credentials that are no text', { headers: { authorization: 'Basic ////' } }, 401],
    ['a token', bearer('tok-ann'), { username: 'ann', uid: '2', groups: ['devs', 'ops', 'system:authenticated'] }],
    ['an unknown token', bearer('tok-nope'), 401],
    ['an empty token', bearer(''), 401],
    ['another scheme', { headers: { authorization: 'Digest x' } }, 401],
    ['nothing', {}, 401],
    [
      'a certificate',
      withCertificate(authority.sign({ commonName: 'carla', organizations: ['devs', 'system:masters'] })),
      { username: 'carla', groups: ['devs', 'system:masters', 'system:authenticated'] },
    ],
    ['an expired certificate', withCertificate(authority.sign({ commonName: 'carla' }, -60_000)), 401],
    ['a certificate of another authority', withCertificate(stranger.sign({ commonName: 'carla' })), 401],
    ['a certificate without a name', withCertificate(authority.sign({ commonName: '' })), 401],
    [
      'a certificate and a token: the certificate is first',
      { ...withCertificate(authority.sign({ commonName: 'carla' })), ...bearer('tok-bob') },
      { username: 'carla', groups: ['system:authenticated'] },
    ],
    [
      'a bad certificate and a good token: who knows the user wins',
      { ...withCertificate(stranger.sign({ commonName: 'carla' })), ...bearer('tok-bob') },
      { username: 'bob', uid: '3', groups: ['system:authenticated'] },
    ],
  ])('%s', async (_name, asked, wanted) => {
    expect(await whoAmI(asked)).toEqual(wanted);
  });

  test('a refusal says 401 in the words of each generation, and how to ask', async () => {
    const modern = await askSecurely(port, '/api/v1/pods');
    expect(modern.status).toBe(401);
    expect(modern.headers['www-authenticate']).toBe('Basic realm="kubernetes-master"');
    expect(modern.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'Unauthorized',
      reason: 'Unauthorized',
      code: 401,
    });
    const old = await askSecurely(port, '/api/v1beta1/pods');
    expect({ status: old.status, type: old.headers['content-type'], text: old.text }).toEqual({
      status: 401,
      type: 'text/plain; charset=utf-8',
      text: 'Unauthorized',
    });
  });

  test('what is not allowed is 403 in the words of each generation', async () => {
    const modern = await askSecurely(port, '/api/v1/namespaces/default/secrets/s', bearer('tok-bob'));
    expect(modern.status).toBe(403);
    expect(modern.body.message).toBe(
      'secrets "s" is forbidden: User "bob" cannot get resource "secrets" in API group "" in the namespace "default": No policy matched.',
    );
    const old = await askSecurely(port, '/api/v1beta1/pods?namespace=x', bearer('tok-bob'));
    expect({ status: old.status, text: old.text }).toEqual({
      status: 403,
      text: 'Forbidden: "/api/v1beta1/pods?namespace=x"',
    });
  });

  test('who may only read gets into no pod, however it asks', async () => {
    expect((await askSecurely(port, '/api/v1/namespaces/default/pods/p', bearer('tok-ann'))).status).toBe(404);
    for (const part of ['exec?command=sh', 'attach', 'portforward']) {
      for (const method of ['GET', 'POST']) {
        const path = `/api/v1/namespaces/default/pods/p/${part}`;
        expect((await askSecurely(port, path, { ...bearer('tok-ann'), method })).status).toBe(403);
      }
    }
  });

  test('impersonation: those who may act as others, with their groups and extras; nobody else', async () => {
    const as = (headers: Record<string, string | string[]>): SecureRequest => ({
      headers: { authorization: 'Bearer tok-admin', ...headers },
    });
    expect(await whoAmI(as({ 'Impersonate-User': 'dora' }))).toEqual({
      username: 'dora',
      groups: ['system:authenticated'],
    });
    expect(
      await whoAmI(
        as({
          'Impersonate-User': 'dora',
          'Impersonate-Uid': '99',
          'Impersonate-Group': ['a', 'b'],
          'Impersonate-Extra-Reason': ['x', 'y'],
        }),
      ),
    ).toEqual({
      username: 'dora',
      uid: '99',
      groups: ['a', 'b', 'system:authenticated'],
      extra: { reason: ['x', 'y'] },
    });
    expect(await whoAmI(as({ 'Impersonate-User': 'system:serviceaccount:n:s' }))).toEqual({
      username: 'system:serviceaccount:n:s',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:n', 'system:authenticated'],
    });
    expect(await whoAmI(as({ 'Impersonate-Group': 'system:masters' }))).toBe(500);
    const refused = await askSecurely(port, '/api/v1/pods', {
      headers: { authorization: 'Bearer tok-bob', 'Impersonate-User': 'admin' },
    });
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain(
      'users "admin" is forbidden: User "bob" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    // May act as a user, but not with a group of its choice.
    const group = { authorization: 'Bearer tok-ann', 'Impersonate-User': 'bob', 'Impersonate-Group': 'system:masters' };
    expect((await askSecurely(port, '/api/v1/pods', { headers: group })).status).toBe(403);
    // What the other may not do, the one who acts as it may not either.
    expect((await askSecurely(port, '/api/v1/secrets', as({ 'Impersonate-User': 'bob' }))).status).toBe(403);
  });

  describe('service accounts', () => {
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    const pods = '/api/v1/namespaces/default/pods';
    const secrets = '/api/v1/namespaces/default/secrets';
    let stopController: () => Promise<void>;

    beforeAll(async () => {
      const argv = [
        `--master=${server.url}`,
        `--port=${await freePort()}`,
        `--service_account_private_key_file=${await signingKeyFile()}`,
      ];
      const { values } = parseFlags(controllerManagerRole.flags, argv, { usage: '', description: '' });
      const stop = new AbortController();
      const context = {
        logger: silentLogger,
        clock: systemClock,
        signal: stop.signal,
        kmPath: '/nonexistent/km',
        argv,
      };
      const running = controllerManagerRole.run(values, context);
      stopController = async () => {
        stop.abort();
        await running;
      };
    });
    afterAll(() => stopController());

    async function signingKeyFile(): Promise<string> {
      const path = join(files.dir.path, 'signing.pem');
      await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
      return path;
    }

    async function tokenOf(account: string, spec: object = {}): Promise<string> {
      const body = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec };
      const answer = await admin('POST', `${accounts}/${account}/token`, body);
      expect(answer.status).toBe(201);
      return String(answer.body.status.token);
    }

    /** The secret that the token controller makes. */
    async function secretOf(account: string): Promise<{ name: string; token: string }> {
      return eventually(async () => {
        const { body } = await admin('GET', `${accounts}/${account}`);
        const name: string = body.secrets[0].name;
        const secret = (await admin('GET', `${secrets}/${name}`)).body;
        return { name, token: Buffer.from(String(secret.data.token), 'base64').toString() };
      });
    }

    test('the token of a secret speaks for its account until the secret or the account is gone', async () => {
      await admin('POST', accounts, { metadata: { name: 'robot' } });
      const { name, token } = await secretOf('robot');
      const { uid } = (await admin('GET', `${accounts}/robot`)).body.metadata;
      expect(await whoAmI(bearer(token))).toEqual({
        username: 'system:serviceaccount:default:robot',
        uid,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      });
      expect(await whoAmI(bearer(`${token.slice(0, -4)}AAAA`))).toBe(401);
      await admin('DELETE', `${secrets}/${name}`);
      expect(await whoAmI(bearer(token))).toBe(401);
      const next = await eventually(async () => {
        const { items } = (await admin('GET', secrets)).body as { items: TokenSecret[] };
        const found = items.find(
          ({ metadata }) =>
            metadata.annotations?.['kubernetes.io/service-account.name'] === 'robot' && metadata.name !== name,
        );
        return Buffer.from(found?.data?.token ?? '', 'base64').toString();
      });
      expect(await whoAmI(bearer(next))).toMatchObject({ username: 'system:serviceaccount:default:robot' });
      await admin('DELETE', `${accounts}/robot`);
      expect(await whoAmI(bearer(next))).toBe(401);
      // An account of the same name is another account.
      await admin('POST', accounts, { metadata: { name: 'robot' } });
      expect(await whoAmI(bearer(next))).toBe(401);
    });

    test('a token that was asked for is for its audience only', async () => {
      await admin('POST', accounts, { metadata: { name: 'guest' } });
      expect(await whoAmI(bearer(await tokenOf('guest')))).toMatchObject({
        username: 'system:serviceaccount:default:guest',
      });
      const foreign = await tokenOf('guest', { audiences: ['vault', 'shop'] });
      expect(await whoAmI(bearer(foreign))).toBe(401);
      const reviewed = async (token: string, audiences?: string[]): Promise<unknown> => {
        const spec = { token, ...(audiences === undefined ? {} : { audiences }) };
        return (await admin('POST', TOKEN_REVIEW, { spec })).body.status as unknown;
      };
      expect(await reviewed(foreign)).toEqual({ user: {}, error: 'invalid bearer token' });
      expect(await reviewed(foreign, ['shop', 'bank'])).toMatchObject({
        authenticated: true,
        audiences: ['shop'],
        user: { username: 'system:serviceaccount:default:guest' },
      });
      expect(await reviewed(foreign, ['bank'])).toEqual({ user: {}, error: 'invalid bearer token' });
      expect(await reviewed('tok-bob')).toMatchObject({ authenticated: true, user: { username: 'bob' } });
      expect(await reviewed('tok-bob', ['bank'])).toEqual({ user: {}, error: 'invalid bearer token' });
    });

    test('a token ends with the pod or secret that it is bound to, and binds to nothing else', async () => {
      await admin('POST', accounts, { metadata: { name: 'bound' } });
      await secretOf('bound');
      const pod = {
        metadata: { name: 'p' },
        spec: { serviceAccountName: 'bound', containers: [{ name: 'c', image: 'i' }] },
      };
      const { uid } = (await admin('POST', pods, pod)).body.metadata;
      const podRef = { kind: 'Pod', apiVersion: 'v1', name: 'p' };
      const token = await tokenOf('bound', { boundObjectRef: podRef });
      expect(await whoAmI(bearer(token))).toMatchObject({
        extra: { 'authentication.kubernetes.io/pod-name': ['p'], 'authentication.kubernetes.io/pod-uid': [uid] },
      });
      const refused = async (account: string, boundObjectRef: object): Promise<number> =>
        (await admin('POST', `${accounts}/${account}/token`, { spec: { boundObjectRef } })).status;
      expect(await refused('default', podRef)).toBe(400);
      expect(await refused('bound', { ...podRef, name: 'nope' })).toBe(404);
      expect(await refused('bound', { ...podRef, uid: 'other' })).toBe(409);
      expect(await refused('bound', { kind: 'Node', apiVersion: 'v1', name: 'n' })).toBe(400);
      await admin('DELETE', `${pods}/p?gracePeriodSeconds=0`);
      expect(await whoAmI(bearer(token))).toBe(401);

      await admin('POST', secrets, { metadata: { name: 'anchor' } });
      const other = await tokenOf('bound', { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'anchor' } });
      expect(await whoAmI(bearer(other))).toMatchObject({ username: 'system:serviceaccount:default:bound' });
      await admin('DELETE', `${secrets}/anchor`);
      await admin('POST', secrets, { metadata: { name: 'anchor' } });
      expect(await whoAmI(bearer(other))).toBe(401);
    });
  });
});

test('without credentials one is anonymous where that is allowed, and may do what the policy says', async () => {
  const port = await freePort();
  const server = await startApiServerRole(['--anonymous_auth', `--secure_port=${port}`]);
  try {
    const { body } = await askSecurely(port, REVIEW, { method: 'POST', body: review });
    expect(body.status.userInfo).toEqual({ username: 'system:anonymous', groups: ['system:unauthenticated'] });
    expect((await askSecurely(port, '/api/v1/pods', bearer('wrong'))).status).toBe(401);
  } finally {
    await server.stop();
  }
});
