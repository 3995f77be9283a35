import { ClientConfigError, parseServerAddress, PODS, NODES } from '../src';
import { deleteBody, listQuery, resourcePath, watchQuery } from '../src/resource-path';

test.each([
  ['10.0.0.1:8888', { origin: 'http://10.0.0.1:8888', prefix: '' }],
  ['master', { origin: 'http://master', prefix: '' }],
  [':8080', { origin: 'http://127.0.0.1:8080', prefix: '' }],
  ['[::1]:8080', { origin: 'http://[::1]:8080', prefix: '' }],
  ['https://master:6443/', { origin: 'https://master:6443', prefix: '' }],
  ['http://gateway/k8s/', { origin: 'http://gateway', prefix: '/k8s' }],
])('address %s', (text, expected) => {
  expect(parseServerAddress(text)).toEqual(expected);
});

test('with TLS material an address without a scheme is https', () => {
  expect(parseServerAddress('master:6443', true).origin).toBe('https://master:6443');
});

test.each(['', '  ', 'http://', 'a b', 'zk://h:2181/mesos', 'host:port'])('refused: %j', (text) => {
  expect(() => parseServerAddress(text)).toThrow(ClientConfigError);
});

test('paths', () => {
  expect(resourcePath(PODS, 'default', 'web', 'status')).toBe('/api/v1/namespaces/default/pods/web/status');
  expect(resourcePath(PODS, undefined)).toBe('/api/v1/pods');
  expect(resourcePath(NODES, 'ignored', 'n/1')).toBe('/api/v1/nodes/n%2F1');
  const scales = { group: 'autoscaling', version: 'v1', plural: 'scales', kind: 'Scale', namespaced: true };
  expect(resourcePath(scales, 'ns')).toBe('/apis/autoscaling/v1/namespaces/ns/scales');
});

test('queries', () => {
  expect(listQuery({})).toBe('');
  expect(listQuery({ labelSelector: 'a in (b,c)', limit: 5 })).toBe('?labelSelector=a%20in%20(b%2Cc)&limit=5');
  expect(watchQuery({ resourceVersion: '7', allowBookmarks: true })).toBe(
    '?watch=true&resourceVersion=7&allowWatchBookmarks=true',
  );
});

test('delete options', () => {
  expect(deleteBody({})).toBeUndefined();
  expect(deleteBody({ gracePeriodSeconds: 0, uid: 'u' })).toEqual({
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds: 0,
    preconditions: { uid: 'u' },
  });
});
