import type { ResourceQuota } from '@kubernetes-mesos/api-types';
import { PODS, RESOURCE_QUOTAS, SERVICES } from '@kubernetes-mesos/client';
import { QuotaController } from '../src/quota/reconcile';
import { quotaUsage, type NamespaceContent } from '../src/quota/usage';
import { Harness, pod } from './support';

const quota = (hard: Record<string, string>, scopes?: string[]): ResourceQuota => ({
  metadata: { name: 'q', namespace: 'default' },
  spec: { hard, ...(scopes === undefined ? {} : { scopes }) },
});
const needy = (name: string, cpu: string, memory: string, limit?: string) =>
  pod(name, {
    spec: {
      containers: [
        {
          name: 'c',
          resources: { requests: { cpu, memory }, ...(limit === undefined ? {} : { limits: { cpu: limit } }) },
        },
      ],
      initContainers: [{ name: 'i', resources: { requests: { cpu: '1' } } }],
    },
  });
const content: NamespaceContent = {
  pods: [
    needy('a', '250m', '64Mi', '2'),
    needy('b', '1500m', '1Gi'),
    { ...needy('done', '8', '8Gi'), status: { phase: 'Succeeded' } },
    pod('plain'),
  ],
  services: [
    { metadata: { name: 's1' }, spec: { type: 'NodePort', ports: [{ port: 1 }, { port: 2 }] } },
    { metadata: { name: 's2' }, spec: { type: 'LoadBalancer', ports: [{ port: 1 }] } },
    { metadata: { name: 's3' } },
  ],
  persistentvolumeclaims: [{ metadata: { name: 'c' }, spec: { resources: { requests: { storage: '5Gi' } } } }],
  counted: { configmaps: [{ metadata: { name: 'x' } }] },
};

test.each([
  ['pods', '3'],
  ['count/pods', '4'],
  ['cpu', '2500m'],
  ['requests.cpu', '2500m'],
  ['memory', '1088Mi'],
  ['limits.cpu', '2'],
  ['services', '3'],
  ['services.nodeports', '3'],
  ['services.loadbalancers', '1'],
  ['requests.storage', '5Gi'],
  ['configmaps', '1'],
  ['count/configmaps', '1'],
])('%s: %s', (name, expected) => {
  expect(quotaUsage(quota({ [name]: '100' }), content)).toEqual({ [name]: expected });
});

test('scopes pick the pods, unknown resources are not measured', () => {
  expect(quotaUsage(quota({ pods: '9' }, ['BestEffort']), content)).toEqual({ pods: '1' });
  expect(quotaUsage(quota({ pods: '9' }, ['NotBestEffort', 'NotTerminating']), content)).toEqual({ pods: '2' });
  expect(quotaUsage(quota({ pods: '9' }, ['Terminating']), content)).toEqual({ pods: '0' });
  expect(quotaUsage(quota({ 'count/things': '9', constructor: '1' }), content)).toEqual({});
});

test('what goes is counted down', async () => {
  const harness = new Harness();
  await harness.api.create(RESOURCE_QUOTAS, quota({ pods: '5', services: '5' }));
  await harness.api.create(PODS, pod('a'));
  await harness.api.create(SERVICES, { metadata: { name: 's', namespace: 'default' } });
  await harness.start(new QuotaController({ client: harness.api, informers: harness.informers, resyncMs: 10_000 }));
  const used = () => harness.api.all(RESOURCE_QUOTAS)[0]?.status?.used;
  expect(used()).toEqual({ pods: '1', services: '1' });
  await harness.api.delete(SERVICES, { name: 's' });
  await harness.settle();
  expect(used()).toEqual({ pods: '1', services: '0' });
  await harness.api.create(PODS, pod('b'));
  await harness.advance(10_000);
  expect(used()).toEqual({ pods: '2', services: '0' });
  await harness.stop();
  expect(harness.errors).toEqual([]);
});
