import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StatusError, type Service } from '@kubernetes-mesos/api-types';
import type { KubeClient } from '@kubernetes-mesos/client';
import { silentLogger, systemClock } from '@kubernetes-mesos/component-base';
import { mastersToTry, PublishedMasterDetector } from '../src/nodes/published-master';

/** Leads, as far as its /redirect tells. */
async function startMaster(): Promise<{ readonly host: string; readonly server: Server }> {
  const server = createServer((_request, response) => {
    response.writeHead(307, { location: `//127.0.0.1:${(server.address() as AddressInfo).port}` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test('the master that the scheduler publishes is followed, and until then the likely ones are tried', async () => {
  const [likely, first, second] = await Promise.all([startMaster(), startMaster(), startMaster()]);
  let published: string | undefined;
  const get = (): Promise<Service> =>
    published === undefined
      ? Promise.reject(
          new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 404 }),
        )
      : Promise.resolve({
          kind: 'Service',
          apiVersion: 'v1',
          metadata: { name: 'k8sm-scheduler', annotations: { 'k8s.mesosphere.io/mesosMaster': published } },
        });
  const client = { get } as unknown as Pick<KubeClient, 'get'>;
  const options = { client, otherwise: likely.host, clock: systemClock, logger: silentLogger };
  const detector = new PublishedMasterDetector(options);
  const { signal } = new AbortController();
  try {
    await expect(detector.current({ signal })).resolves.toBe(likely.host);
    published = first.host;
    await expect(detector.current({ signal })).resolves.toBe(first.host);
    published = second.host;
    await expect(detector.current({ signal })).resolves.toBe(second.host);
    published = 'no address';
    await expect(detector.current({ signal })).resolves.toBe(likely.host);
    await expect(detector.current({ signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  } finally {
    await detector.close();
    for (const { server } of [likely, first, second]) {
      server.closeAllConnections();
      server.close();
    }
  }
});

test('what is published comes first; ZooKeeper stands alone', () => {
  expect(mastersToTry(undefined, 'localhost:5050')).toBe('localhost:5050');
  expect(mastersToTry('m:5050', 'localhost:5050,m:5050')).toBe('m:5050,localhost:5050');
  expect(mastersToTry('zk://z:2181/mesos', 'localhost:5050')).toBe('zk://z:2181/mesos');
});
