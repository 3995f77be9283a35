// What was acknowledged must be there after SIGKILL of the server and of etcd in the middle of a write storm.
import { Connection } from '../lib/http-client.mjs';
import { podManifest, PODS } from '../lib/pod.mjs';
import { until } from '../lib/servers.mjs';

export async function killDuringWrites(server, { victim, milliseconds, prefix }) {
  const acknowledged = new Set();
  let stopped = false;
  let next = 0;
  const connections = await Promise.all(Array.from({ length: 16 }, () => Connection.open(server.target)));
  const client = async (connection) => {
    try {
      while (!stopped) {
        const name = `${prefix}-${next++}`;
        const { status } = await connection.request('POST', PODS, JSON.stringify(podManifest(name)));
        if (status === 201) acknowledged.add(name);
      }
    } catch {
      // The connection died with its server: what was not acknowledged may or may not be there.
    } finally {
      connection.close();
    }
  };
  const clients = connections.map(client);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (victim === 'server') await server.killServer();
  else await server.killEtcd();
  stopped = true;
  if (victim === 'etcd') await server.startEtcd();
  else await server.startServer();
  await Promise.all(clients);

  const present = new Set();
  await until(
    async () => {
      const connection = await Connection.open(server.target);
      const { status, body } = await connection.request('GET', PODS);
      connection.close();
      if (status !== 200) return false;
      for (const { metadata } of JSON.parse(body).items) present.add(metadata.name);
      return true;
    },
    60_000,
    'the list after the kill',
  );
  const lost = [...acknowledged].filter((name) => !present.has(name));
  if (lost.length > 0)
    throw new Error(`${lost.length} of ${acknowledged.size} acknowledged pods are gone after kill -9 of the ${victim}`);
  return { acknowledged: acknowledged.size };
}
