import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { NAMESPACES, SECRETS, SERVICE_ACCOUNTS } from '@kubernetes-mesos/client';
import { ServiceAccountController } from '../src/service-accounts/account-controller';
import { TokenSigner } from '../src/service-accounts/token';
import { TokenController } from '../src/service-accounts/token-controller';
import { Harness, names } from './support';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('tokens', () => {
  const subject = { namespace: 'ns', account: 'robot', accountUid: 'u', secret: 'robot-token-abcde' };

  test('are JWTs that the public key verifies', () => {
    const [header, claims, signature] = new TokenSigner(pem).sign(subject).split('.');
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify('sha256', signed, createPublicKey(pem), Buffer.from(signature!, 'base64url'))).toBe(true);
    expect(JSON.parse(Buffer.from(claims!, 'base64url').toString())).toEqual({
      iss: 'kubernetes/serviceaccount',
      'kubernetes.io/serviceaccount/namespace': 'ns',
      'kubernetes.io/serviceaccount/secret.name': 'robot-token-abcde',
      'kubernetes.io/serviceaccount/service-account.name': 'robot',
      'kubernetes.io/serviceaccount/service-account.uid': 'u',
      sub: 'system:serviceaccount:ns:robot',
    });
  });

  test('also of an EC key; another kind of key is refused', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const token = new TokenSigner(ec.export({ type: 'pkcs8', format: 'pem' }).toString()).sign(subject);
    expect(Buffer.from(token.split('.')[2]!, 'base64url')).toHaveLength(64);
    const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => new TokenSigner(other)).toThrow('use RSA or P-256');
    expect(() => new TokenSigner('nonsense')).toThrow();
  });
});

describe('the loops', () => {
  let harness: Harness;
  const accounts = () => new ServiceAccountController({ client: harness.api, informers: harness.informers });
  const tokens = () =>
    new TokenController({
      client: harness.api,
      informers: harness.informers,
      signer: new TokenSigner(pem),
      rootCa: 'CA',
      random: () => 0,
    });

  beforeEach(() => {
    harness = new Harness();
  });
  afterEach(async () => {
    await harness.stop();
    expect(harness.errors).toEqual([]);
  });

  test('every living namespace has its account, and the account its token', async () => {
    await harness.api.create(NAMESPACES, { metadata: { name: 'work' } });
    await harness.api.create(NAMESPACES, { metadata: { name: 'ending' }, status: { phase: 'Terminating' } });
    await harness.start(accounts(), tokens());
    expect(harness.api.all(SERVICE_ACCOUNTS)).toMatchObject([
      { metadata: { name: 'default', namespace: 'work' }, secrets: [{ name: 'default-token-bbbbb' }] },
    ]);
    const [secret] = harness.api.all(SECRETS);
    expect(secret).toMatchObject({
      type: 'kubernetes.io/service-account-token',
      metadata: { annotations: { 'kubernetes.io/service-account.name': 'default' } },
      data: { 'ca.crt': btoa('CA'), namespace: btoa('work') },
    });
    expect(atob(secret!.data!['token']!).split('.')).toHaveLength(3);
    await harness.api.delete(SERVICE_ACCOUNTS, { namespace: 'work', name: 'default' });
    await harness.settle();
    expect(harness.api.all(SERVICE_ACCOUNTS)).toHaveLength(1);
    expect(harness.api.all(SECRETS)).toHaveLength(1);
    expect(harness.api.all(SECRETS)[0]!.metadata.uid).not.toBe(secret!.metadata.uid);
  });

  test('killed between the secret and the account, it does not make a second one', async () => {
    await harness.api.create(SERVICE_ACCOUNTS, { metadata: { name: 'robot', namespace: 'work' } });
    harness.api.interceptor = (call) => (call.verb === 'update' ? new Error('killed') : undefined);
    await harness.start(tokens());
    harness.errors.length = 0;
    harness.api.interceptor = undefined;
    await harness.restart();
    await harness.start(tokens());
    expect(names(harness.api.all(SECRETS))).toEqual(['robot-token-bbbbb']);
    expect(harness.api.all(SERVICE_ACCOUNTS)[0]!.secrets).toEqual([{ name: 'robot-token-bbbbb' }]);
  });

  test('a secret made by hand is filled in; one of an account that is gone goes', async () => {
    await harness.api.create(SERVICE_ACCOUNTS, { metadata: { name: 'robot', namespace: 'work' } });
    const byHand = (name: string, account: string) => ({
      metadata: { name, namespace: 'work', annotations: { 'kubernetes.io/service-account.name': account } },
      type: 'kubernetes.io/service-account-token',
    });
    await harness.api.create(SECRETS, byHand('mine', 'robot'));
    await harness.api.create(SECRETS, byHand('stale', 'nobody'));
    await harness.start(tokens());
    expect(names(harness.api.all(SECRETS))).toEqual(['mine', 'robot-token-bbbbb']);
    const mine = harness.api.all(SECRETS).find((one) => one.metadata.name === 'mine');
    expect(mine?.data?.['token']).toBeDefined();
  });
});
