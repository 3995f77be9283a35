import type { Pod } from '@kubernetes-mesos/api-types';
import { podAddress } from '../../src/kubelet/pod-address';

const pod = (podIP: string, hostIP: string, more: object = {}): Pod => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'p', annotations: { 'k8s.mesosphere.io/port_TCP_80': '31000' } },
  spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 80 }] }], ...more },
  status: { podIP, hostIP },
});

test.each([
  ['a pod with an address of its own', pod('172.17.0.2', '10.0.0.1'), '172.17.0.2:80'],
  ["a pod with its node's address", pod('10.0.0.1', '10.0.0.1'), '10.0.0.1:31000'],
  ["a pod on its node's network", pod('10.0.0.1', '10.0.0.1', { hostNetwork: true }), '10.0.0.1:80'],
])('%s', (_what, each, expected) => {
  for (const wanted of ['', '80', 'http']) {
    const { host, port } = podAddress(each, wanted);
    expect(`${host}:${port}`).toBe(expected);
  }
  expect(podAddress(each, '8080').port).toBe(8080);
});

test('what cannot be reached', () => {
  expect(() => podAddress(pod('', '10.0.0.1'), '')).toThrow('pod p has no IP yet');
  for (const port of ['0', '65536', 'https', '8o']) {
    expect(() => podAddress(pod('10.0.0.1', ''), port)).toThrow(`invalid port "${port}"`);
  }
});
