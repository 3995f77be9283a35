import { VerifiedTokens } from '../../src/authentication/verified-tokens';

function countingKey(good: string) {
  const seen: string[] = [];
  return {
    seen,
    verify: (token: string) => {
      seen.push(token);
      return token.startsWith(good) ? { sub: token } : undefined;
    },
  };
}

test('a good signature is checked once, a bad one each time', () => {
  const [old, current] = [countingKey('old'), countingKey('new')];
  const tokens = new VerifiedTokens([old, current]);
  for (let round = 0; round < 2; round += 1) {
    expect(tokens.claimsOf('new-1')).toEqual({ sub: 'new-1' });
    expect(tokens.claimsOf('old-1')).toEqual({ sub: 'old-1' });
    expect(tokens.claimsOf('forged')).toBeUndefined();
  }
  expect(old.seen).toEqual(['new-1', 'old-1', 'forged', 'forged']);
  expect(current.seen).toEqual(['new-1', 'forged', 'forged']);
});

test('what is remembered has a bound, and no token is taken for another', () => {
  const key = countingKey('t');
  const tokens = new VerifiedTokens([key]);
  for (let number = 0; number < 10_000; number += 1)
    expect(tokens.claimsOf(`t${number}`)).toEqual({ sub: `t${number}` });
  expect(tokens.claimsOf('t9999')).toEqual({ sub: 't9999' });
  expect(key.seen).toHaveLength(10_000);
  expect(tokens.claimsOf('t0')).toEqual({ sub: 't0' });
  expect(key.seen).toHaveLength(10_001);
});
