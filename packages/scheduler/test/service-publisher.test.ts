import { StatusError, type Endpoints, type Service } from '@kubernetes-mesos/api-types';
import type { KubeClient } from '@kubernetes-mesos/client';
import { silentLogger } from '@kubernetes-mesos/component-base';
import { FakeClock } from '@kubernetes-mesos/test-support';
import { publishService } from '../src/service/service-publisher';

const NOT_FOUND = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 404 } as const;

/** An API that holds the two objects by resource name. */
function memoryApi(objects: Map<string, Service | Endpoints>) {
  return {
    get: (resource: { plural: string }) => {
      const object = objects.get(resource.plural);
      return object === undefined ? Promise.reject(new StatusError(NOT_FOUND)) : Promise.resolve(object);
    },
    create: (resource: { plural: string }, object: Service) => Promise.resolve(objects.set(resource.plural, object)),
    update: (resource: { plural: string }, object: Service) => Promise.resolve(objects.set(resource.plural, object)),
    patch: (resource: { plural: string }, _key: unknown, patch: { body: Partial<Service> }) => {
      const old = objects.get(resource.plural) as Service;
      const metadata = { ...old.metadata, annotations: patch.body.metadata?.annotations ?? {} };
      return Promise.resolve(objects.set(resource.plural, { ...old, metadata }));
    },
  } as unknown as KubeClient;
}

async function publish(objects: Map<string, Service | Endpoints>, address: string, mesosMaster: string): Promise<void> {
  const stop = new AbortController();
  const clock = new FakeClock();
  const options = { kube: memoryApi(objects), address, mesosMaster, serviceAddress: '', clock, logger: silentLogger };
  const publishing = publishService(options, stop.signal);
  await clock.advance(10);
  stop.abort();
  await publishing;
}

test('the leading scheduler, its endpoints and its Mesos master are published, without credentials', async () => {
  const objects = new Map<string, Service | Endpoints>();
  await publish(objects, '10.0.0.1:10251', 'zk://user:secret@z1:2181,z2:2181/mesos');
  const service = objects.get('services') as Service;
  expect(service.metadata.annotations).toEqual({ 'k8s.mesosphere.io/mesosMaster': 'zk://z1:2181,z2:2181/mesos' });
  expect((objects.get('endpoints') as Endpoints).subsets).toEqual([
    { addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 10_251, protocol: 'TCP' }] },
  ]);

  objects.set('services', { ...service, spec: { ...service.spec, clusterIP: '10.10.10.9' } });
  await publish(objects, '10.0.0.2:10251', 'm:5050');
  expect(objects.get('services')).toMatchObject({
    metadata: { annotations: { 'k8s.mesosphere.io/mesosMaster': 'm:5050' } },
    spec: { clusterIP: '10.10.10.9' },
  });
  expect((objects.get('endpoints') as Endpoints).subsets?.[0]?.addresses?.[0]?.ip).toBe('10.0.0.2');
});

test('a loopback address is no endpoint', async () => {
  const objects = new Map<string, Service | Endpoints>();
  await publish(objects, '127.0.0.1:10251', '127.0.0.1:5050');
  expect([...objects.keys()]).toEqual(['services']);
});
