import type { Endpoints, Namespace } from '@kubernetes-mesos/api-types';
import { isLaterNamespace, withOwnPortUnnamed } from '../../src/legacy/own-objects';

const made = (name: string, more: Partial<Namespace['metadata']> = {}): Namespace => ({
  kind: 'Namespace',
  apiVersion: 'v1',
  metadata: { name, uid: 'u', resourceVersion: '1', ...more },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
});

test.each([
  [made('kube-system'), true],
  [made('kube-node-lease'), true],
  [made('default'), false],
  [made('team'), false],
  [made('kube-system', { labels: { a: 'b' } }), false],
  [{ ...made('kube-public'), status: { phase: 'Terminating' } }, false],
])('a namespace that only later servers make is not listed while nobody wrote to it: %#', (namespace, isLater) => {
  expect(isLaterNamespace(namespace)).toBe(isLater);
});

describe('ports of endpoints', () => {
  const endpoints = (name: string, namespace = 'default'): Endpoints => ({
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { name, namespace },
    subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] }],
  });

  test('of the server itself have no name', () => {
    const shown = withOwnPortUnnamed(endpoints('kubernetes'), 'default') as Endpoints;
    expect(shown.subsets?.[0]?.ports).toEqual([{ port: 6443, protocol: 'TCP' }]);
  });

  test.each([endpoints('web'), endpoints('kubernetes', 'team')])('of others keep theirs: %#', (other) => {
    expect(withOwnPortUnnamed(other, 'default')).toBe(other);
  });
});
