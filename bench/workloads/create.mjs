// R1: durable creates. Every answer must be 201 and name the pod; every acknowledged pod must be there afterwards.
import { Connection } from '../lib/http-client.mjs';
import { podManifest, PODS } from '../lib/pod.mjs';
import { measured } from '../lib/process-usage.mjs';
import { latencies } from '../lib/stats.mjs';

export async function creates(server, { clients, count, prefix, query = '' }) {
  const connections = await Promise.all(Array.from({ length: clients }, () => Connection.open(server.target)));
  const times = [];
  let next = 0;
  const client = async (connection) => {
    while (next < count) {
      const number = next;
      next += 1;
      const body = JSON.stringify(podManifest(`${prefix}-${number}`, { group: `g${number % 100}` }));
      const begin = performance.now();
      const { status, body: answer } = await connection.request('POST', `${PODS}${query}`, body);
      times.push(performance.now() - begin);
      if (status !== 201) throw new Error(`create answered ${status}: ${answer.toString().slice(0, 300)}`);
    }
  };
  const { rate, cpuMicros } = await measured(server.pids, count, () => Promise.all(connections.map(client)));
  connections.forEach((connection) => connection.close());
  return { rate, cpuMicros, ...latencies(times) };
}

/**
 * What a server is before it is measured: it has answered `count` creations as dry runs, and has stored and deleted as many
 * pods, so that its code is compiled and its connections are open. Nothing is left behind.
 */
export async function warmUp(server, count) {
  const load = { clients: 64, count, prefix: 'warm' };
  await creates(server, { ...load, query: '?dryRun=All' });
  await creates(server, load);
  const connections = await Promise.all(Array.from({ length: load.clients }, () => Connection.open(server.target)));
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (next < count) {
        const { status } = await connection.request('DELETE', `${PODS}/warm-${next++}`);
        if (status !== 200) throw new Error(`delete answered ${status}`);
      }
      connection.close();
    }),
  );
}
