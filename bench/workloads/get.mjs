// R2: linearizable GETs (no resourceVersion) of single pods.
import { Connection } from '../lib/http-client.mjs';
import { PODS } from '../lib/pod.mjs';
import { measured } from '../lib/process-usage.mjs';
import { latencies } from '../lib/stats.mjs';

export async function gets(server, { clients, count, prefix, pods }) {
  const connections = await Promise.all(Array.from({ length: clients }, () => Connection.open(server.target)));
  const times = [];
  let next = 0;
  const client = async (connection) => {
    while (next < count) {
      const name = `${prefix}-${(next * 7919) % pods}`;
      next += 1;
      const begin = performance.now();
      const { status, body } = await connection.request('GET', `${PODS}/${name}`);
      times.push(performance.now() - begin);
      if (status !== 200 || !body.includes(`"${name}"`)) throw new Error(`get answered ${status}`);
    }
  };
  const { rate, cpuMicros } = await measured(server.pids, count, () => Promise.all(connections.map(client)));
  connections.forEach((connection) => connection.close());
  return { rate, cpuMicros, ...latencies(times) };
}
