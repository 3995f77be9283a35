// `make bench`: this API server and the Go kube-apiserver 1.20 under the same load, on one machine, turn by turn.
//   node bench/run.mjs [--short] [--rounds=3] [--only=km|go] [--pods=5000] [--lists=20]
// Prints ratios (Go / ours for costs and times, ours / Go for rates): above 1 is better. Exit code 1 when a result is wrong.
import { parseArgs } from 'node:util';
import { goApiserver } from './lib/go-apiserver.mjs';
import { eventLoopDelay } from './lib/event-loop.mjs';
import { rssMegabytes } from './lib/process-usage.mjs';
import { goServer, KM, Server } from './lib/servers.mjs';
import { printReport } from './lib/report.mjs';
import { creates } from './workloads/create.mjs';
import { killDuringWrites } from './workloads/durability.mjs';
import { gets } from './workloads/get.mjs';
import { LISTS, lists } from './workloads/list.mjs';
import { stalls } from './workloads/stall.mjs';
import { fanOut } from './workloads/watch.mjs';

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    pods: { type: 'string', default: '5000' },
    lists: { type: 'string', default: '20' },
  },
});
const size = options.short
  ? { rounds: 1, pods: 300, gets: 300, lists: 3, watchers: [5], trickle: 40, burst: 100 }
  : {
      rounds: Number(options.rounds ?? 3),
      pods: Number(options.pods),
      gets: 5_000,
      lists: Number(options.lists),
      watchers: [20, 200],
      trickle: 400,
      burst: 2_000,
    };

const kinds = [];
if (options.only !== 'go') kinds.push(KM);
const go = options.only === 'km' || options.short ? undefined : goApiserver();
if (go !== undefined) kinds.push(goServer(go));

const results = new Map(kinds.map((kind) => [kind.name, []]));
for (let round = 1; round <= size.rounds; round += 1) {
  for (const kind of kinds) {
    console.error(`round ${round}/${size.rounds}: ${kind.name}`);
    results.get(kind.name).push(await oneRound(kind));
  }
}
printReport(results, size);

/** Every workload once, on a fresh server; figure name -> figures. */
async function oneRound(kind) {
  const server = await Server.start(kind);
  const figures = {};
  const record = async (name, action) => {
    figures[name] = await action();
    console.error(
      `  ${name.padEnd(34)} ${JSON.stringify(figures[name], (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value))}`,
    );
  };
  try {
    figures['start'] = { seconds: server.startSeconds, rss: rssMegabytes(server.server.pid) };
    await record('create, warm-up', () =>
      creates(server, { clients: 16, count: Math.min(1_000, size.pods), prefix: 'warm' }),
    );
    await record('create, 1 client', () => creates(server, { clients: 1, count: size.pods / 10, prefix: 'one' }));
    await record('create, 16 clients', () => creates(server, { clients: 16, count: size.pods / 5, prefix: 'sixteen' }));
    await server.stop();
    await server.startAnew();
    await record('create, 64 clients', () => creates(server, { clients: 64, count: size.pods, prefix: 'pod' }));
    for (const clients of [1, 16, 64]) {
      await record(`get, ${clients} clients`, () =>
        gets(server, { clients, count: size.gets, prefix: 'pod', pods: size.pods }),
      );
    }
    for (const list of Object.keys(LISTS))
      await record(`list, ${list}`, () =>
        lists(server, { kind: list, count: size.lists * LISTS[list].repeats, pods: size.pods }),
      );
    figures['rss, loaded'] = { rss: rssMegabytes(server.server.pid) };
    for (const watchers of size.watchers) {
      await record(`watch, ${watchers} watchers, trickle`, () =>
        fanOut(server, { watchers, writes: size.trickle, rate: 200, prefix: `trickle${watchers}` }),
      );
      await record(`watch, ${watchers} watchers, burst`, () =>
        fanOut(server, { watchers, writes: size.burst, rate: Number.POSITIVE_INFINITY, prefix: `burst${watchers}` }),
      );
    }
    await record('watch beside lists and 1 MB', () =>
      stalls(server, { milliseconds: options.short ? 500 : 3_000, prefix: 'stall' }),
    );
    if (kind === KM) await record('event loop', () => eventLoopDelay(server));
    await record('kill -9 of the server', () =>
      killDuringWrites(server, { victim: 'server', milliseconds: 500, prefix: 'killserver' }),
    );
    await record('kill -9 of etcd', () =>
      killDuringWrites(server, { victim: 'etcd', milliseconds: 500, prefix: 'killetcd' }),
    );
  } finally {
    await server.stop();
  }
  return figures;
}
