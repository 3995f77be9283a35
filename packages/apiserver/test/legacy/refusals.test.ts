import { forbiddenError, LEGACY_VERSIONS, notFoundError, StatusError } from '@kubernetes-mesos/api-types';
import { legacyRefusal } from '../../src/legacy/refusals';

const pods = LEGACY_VERSIONS.v1beta1.resourceOf('pods');
const PODS = { group: '', name: 'pods' };

function inOldWords(error: unknown): unknown {
  if (pods === undefined) throw new Error('no pods');
  const refusal = legacyRefusal(error, pods, 'x');
  return refusal instanceof StatusError ? [refusal.code, refusal.status.message, refusal.status.details] : refusal;
}

test.each([
  [
    'unable to create new content in namespace ns because it is being terminated',
    'Pod "x" is forbidden: Namespace ns is terminating',
    'Pod',
  ],
  [
    'exceeded quota: q, requested: cpu=2,pods=1, used: cpu=1,pods=1, limited: cpu=2,pods=1',
    'pods "x" is forbidden: Limited to 2 CPU',
    'pods',
  ],
  [
    'exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    'pods "x" is forbidden: Limited to 1 pods',
    'pods',
  ],
  [
    'maximum cpu usage per Pod is 1, but limit is 2',
    'pods "x" is forbidden: Maximum CPU usage per pod is 1, but requested 2',
    'pods',
  ],
  [
    '[minimum memory usage per Container is 6Mi, but request is 4Mi, maximum cpu usage per Pod is 1, but limit is 2]',
    'pods "x" is forbidden: Minimum memory usage per container is 6Mi',
    'pods',
  ],
  [
    'minimum memory usage per Pod is 1.5Gi.  No request is specified',
    'pods "x" is forbidden: Minimum memory usage per pod is 1.5Gi',
    'pods',
  ],
])('%s', (today, then, kind) => {
  expect(inOldWords(forbiddenError(PODS, 'x', today))).toEqual([403, then, { name: 'x', kind }]);
});

test('a namespace that has to exist is a refusal of the object', () => {
  const missing = notFoundError({ group: '', name: 'namespaces' }, 'nowhere');
  expect(inOldWords(missing)).toEqual([
    403,
    'Pod "x" is forbidden: Namespace nowhere does not exist',
    { name: 'x', kind: 'Pod' },
  ]);
});

test('who denies everything names no object', () => {
  const denied = forbiddenError(PODS, 'x', 'admission control is denying all modifications');
  expect(inOldWords(denied)).toEqual([
    403,
    'pods "" is forbidden: Admission control is denying all modifications',
    { kind: 'pods' },
  ]);
});

test('other errors stay as they are', () => {
  for (const error of [new Error('x'), forbiddenError(PODS, 'x', 'no'), notFoundError(PODS, 'x')]) {
    if (pods === undefined) throw new Error('no pods');
    expect(legacyRefusal(error, pods, 'x')).toBe(error);
  }
});
