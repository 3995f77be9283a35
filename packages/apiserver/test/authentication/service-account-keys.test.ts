import { generateKeyPairSync } from 'node:crypto';
import { FatalError } from '@kubernetes-mesos/component-base';
import { parseCsvLine } from '../../src/authentication/csv';
import { ServiceAccountKey } from '../../src/authentication/service-account-keys';
import { REQUEST_ISSUER, subjectOf } from '../../src/authentication/token-claims';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ec521 = generateKeyPairSync('ec', { namedCurve: 'P-521' });
const pem = (key: { export(options: object): string | Buffer }, type: string): string =>
  String(key.export({ type, format: 'pem' }));

describe('keys of service account tokens', () => {
  test.each([
    ['RSA', pem(rsa.privateKey, 'pkcs8'), pem(rsa.publicKey, 'spki')],
    ['P-256', pem(ec.privateKey, 'pkcs8'), pem(ec.publicKey, 'spki')],
    ['P-521', pem(ec521.privateKey, 'pkcs8'), pem(ec521.publicKey, 'spki')],
  ])('%s: what the private key signs, the public one accepts', (_name, privatePem, publicPem) => {
    const signer = new ServiceAccountKey(privatePem, 'test');
    const token = signer.sign({ sub: 'x' });
    expect(new ServiceAccountKey(publicPem, 'test').verify(token)).toEqual({ sub: 'x' });
    expect(new ServiceAccountKey(publicPem, 'test').canSign).toBe(false);
  });

  test('refuses other keys, other algorithms, changed claims and what is no token', () => {
    const key = new ServiceAccountKey(pem(ec.privateKey, 'pkcs8'), 'test');
    const [header = '', , signature = ''] = key.sign({ sub: 'x' }).split('.');
    const forged = Buffer.from('{"sub":"admin"}').toString('base64url');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${forged}.`;
    const other = new ServiceAccountKey(pem(rsa.privateKey, 'pkcs8'), 'test').sign({ sub: 'x' });
    for (const token of [`${header}.${forged}.${signature}`, none, other, '', 'a.b', 'a.b.c', 'a.b.c.d']) {
      expect(key.verify(token)).toBeUndefined();
    }
  });

  test('what is no key ends the start with a line', () => {
    expect(() => new ServiceAccountKey('hello', '/etc/sa.key')).toThrow(FatalError);
  });

  test('claims hold only in their time', () => {
    const claims = {
      iss: REQUEST_ISSUER,
      exp: 2_000,
      nbf: 1_000,
      aud: 'shop',
      'kubernetes.io': { namespace: 'n', serviceaccount: { name: 'a', uid: 'u' } },
    };
    expect(subjectOf(claims, 1_500_000)).toEqual({
      namespace: 'n',
      account: { name: 'a', uid: 'u' },
      audiences: ['shop'],
    });
    expect(subjectOf(claims, 2_000_000)).toBeUndefined();
    // The clock of the server that gave it may be ahead a little.
    expect(subjectOf(claims, 999_000)).toBeDefined();
    expect(subjectOf(claims, 900_000)).toBeUndefined();
    expect(subjectOf({ ...claims, iss: 'somebody' }, 1_500_000)).toBeUndefined();
  });
});

test('CSV lines of user files', () => {
  expect(parseCsvLine('secret,bob,1')).toEqual(['secret', 'bob', '1']);
  expect(parseCsvLine('"a,b""c",bob,1,"g1,g2"')).toEqual(['a,b"c', 'bob', '1', 'g1,g2']);
});
