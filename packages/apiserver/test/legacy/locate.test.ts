import { LEGACY_VERSIONS } from '@kubernetes-mesos/api-types';
import { locate } from '../../src/legacy/locate';

const { v1beta1, v1beta2, v1beta3 } = LEGACY_VERSIONS;

function at(version: typeof v1beta1, url: string, method = 'GET'): string {
  const { pathname, searchParams } = new URL(url, 'http://x');
  const target = locate(version, pathname.slice(1).split('/'), method, searchParams);
  if (target === undefined) return 'nowhere';
  const { action, resource, namespace, isInNamespace, name, subresource, depth } = target;
  return `${action} ${resource.plural} ns=${isInNamespace ? namespace : '*'} name=${name} sub=${subresource} depth=${depth}`;
}

test.each([
  ['pods', 'serve pods ns= name= sub= depth=2'],
  ['pods?namespace=a', 'serve pods ns=a name= sub= depth=2'],
  ['pods?namespace=a&namespace=b', 'serve pods ns=a name= sub= depth=2'],
  ['pods/x', 'serve pods ns=default name=x sub= depth=2'],
  ['pods/x?namespace=', 'serve pods ns= name=x sub= depth=2'],
  ['pods/x/status?namespace=a', 'serve pods ns=a name=x sub=status depth=2'],
  ['pods/x/status/more', 'nowhere'],
  ['replicationControllers', 'serve replicationcontrollers ns= name= sub= depth=2'],
  ['replicationcontrollers', 'nowhere'],
  ['minions/n?namespace=a', 'serve nodes ns= name=n sub= depth=2'],
  ['nodes/n', 'serve nodes ns= name=n sub= depth=2'],
  ['watch/pods?namespace=a', 'watch pods ns=a name= sub= depth=3'],
  ['watch/pods/x', 'watch pods ns=default name=x sub= depth=3'],
  ['watch/pods/x/status', 'nowhere'],
  ['redirect/pods/x', 'redirect pods ns=default name=x sub= depth=3'],
  ['redirect/pods', 'nowhere'],
  ['proxy/pods/x/a/b', 'proxy pods ns=default name=x sub= depth=3'],
  ['', 'nowhere'],
])('v1beta1 %s', (url, expected) => {
  expect(at(v1beta1, url)).toBe(expected);
  expect(at(v1beta2, url)).toBe(expected);
});

test('a flat POST without a namespace goes to the default one', () => {
  expect(at(v1beta1, 'pods', 'POST')).toBe('serve pods ns=default name= sub= depth=2');
  expect(at(v1beta1, 'pods?namespace=', 'POST')).toBe('serve pods ns= name= sub= depth=2');
});

test.each([
  ['pods', 'serve pods ns=* name= sub= depth=2'],
  ['pods/x', 'nowhere'],
  ['pods?namespace=a', 'serve pods ns=* name= sub= depth=2'],
  ['namespaces/a/pods', 'serve pods ns=a name= sub= depth=4'],
  ['namespaces/a/pods/x/status', 'serve pods ns=a name=x sub=status depth=4'],
  ['namespaces/a', 'serve namespaces ns= name=a sub= depth=2'],
  ['namespaces/a/finalize', 'serve namespaces ns= name=a sub=finalize depth=2'],
  ['nodes/n', 'serve nodes ns= name=n sub= depth=2'],
  ['namespaces/a/nodes', 'nowhere'],
  ['minions', 'nowhere'],
  ['replicationControllers', 'nowhere'],
  ['watch/namespaces/a/pods/x', 'watch pods ns=a name=x sub= depth=5'],
  ['watch/pods', 'watch pods ns=* name= sub= depth=3'],
  ['proxy/namespaces/a/services/s/r', 'proxy services ns=a name=s sub= depth=5'],
])('v1beta3 %s', (url, expected) => expect(at(v1beta3, url)).toBe(expected));
