// A large cluster on this API server alone: loads nodes and pods, lists and watches them, starts anew, and replaces pods for
// a while to see that memory stays flat.
//   node bench/scale.mjs [--pods=50000] [--nodes=5000] [--churn=20000]
import { parseArgs } from 'node:util';
import { Connection } from './lib/http-client.mjs';
import { podManifest, PODS } from './lib/pod.mjs';
import { cpuSeconds, rssMegabytes } from './lib/process-usage.mjs';
import { KM, Server } from './lib/servers.mjs';
import { creates } from './workloads/create.mjs';
import { lists } from './workloads/list.mjs';
import { fanOut } from './workloads/watch.mjs';

const { values: options } = parseArgs({
  options: {
    pods: { type: 'string', default: '50000' },
    nodes: { type: 'string', default: '5000' },
    churn: { type: 'string', default: '20000' },
  },
});
const pods = Number(options.pods);
const server = await Server.start(KM);
const say = (what, figures) => console.log(what.padEnd(28), JSON.stringify(figures));
const rss = () => Math.round(rssMegabytes(server.server.pid));
try {
  say('start', { seconds: server.startSeconds, rss: rss() });
  await many(Number(options.nodes), (number) => [
    'POST',
    '/api/v1/nodes',
    { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${number}`, labels: { zone: `z${number % 10}` } } },
    201,
  ]);
  say('nodes', { rss: rss() });
  say('pods', { ...(await creates(server, { clients: 64, count: pods, prefix: 'pod' })), rss: rss() });
  say('list', { ...(await lists(server, { kind: 'consistent', count: 5, pods })), rss: rss() });
  say('list by selector', { ...(await lists(server, { kind: 'selector', count: 5, pods })), rss: rss() });
  say('watch, 20 watchers', await fanOut(server, { watchers: 20, writes: 200, rate: 200, prefix: 'trickle' }));
  await server.killServer();
  const seconds = await server.startServer();
  say('start with all of it', { seconds, cpuSeconds: cpuSeconds(server.server.pid), rss: rss() });
  for (let part = 1; part <= 5; part += 1) {
    const begin = performance.now();
    const count = Number(options.churn) / 5;
    await many(count, (number) => ['DELETE', `${PODS}/pod-${number}?gracePeriodSeconds=0`, undefined, 200]);
    await many(count, (number) => ['POST', PODS, podManifest(`pod-${number}`), 201]);
    say(`churn ${part}`, { writesPerSecond: (2000 * count) / (performance.now() - begin), rss: rss() });
  }
} finally {
  await server.stop();
}

/** 64 clients make `count` requests. */
async function many(count, requestOf) {
  const connections = await Promise.all(Array.from({ length: 64 }, () => Connection.open(server.target)));
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (next < count) {
        const [method, path, object, wanted] = requestOf(next++);
        const { status, body } = await connection.request(
          method,
          path,
          object === undefined ? '' : JSON.stringify(object),
        );
        if (status !== wanted)
          throw new Error(`${method} ${path} answered ${status}: ${body.toString().slice(0, 300)}`);
      }
      connection.close();
    }),
  );
}
