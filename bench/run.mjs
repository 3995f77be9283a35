// `make bench`: this API server and the Go kube-apiserver 1.20 under the same load, on one machine, workload by workload in turn:
// what else goes on there hits both alike.
//   node bench/run.mjs [--short] [--rounds=3] [--only=km|go] [--pods=5000] [--lists=20]
// Prints ratios (Go / ours for costs and times, ours / Go for rates): above 1 is better. Exit code 1 when a result is wrong.
import { parseArgs } from 'node:util';
import { goApiserver } from './lib/go-apiserver.mjs';
import { eventLoopDelay } from './lib/event-loop.mjs';
import { rssMegabytes } from './lib/process-usage.mjs';
import { goServer, KM, Server } from './lib/servers.mjs';
import { printReport } from './lib/report.mjs';
import { creates, warmUp } from './workloads/create.mjs';
import { killDuringWrites } from './workloads/durability.mjs';
import { gets } from './workloads/get.mjs';
import { LISTS, lists } from './workloads/list.mjs';
import { startAgain, terminate } from './workloads/restart.mjs';
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
  console.error(`round ${round}/${size.rounds}`);
  const figures = await oneRound(round);
  for (const [name, each] of figures) results.get(name).push(each);
}
printReport(results, size);

/** A wrong result of ours ends the run; one of the peer is told, and leaves its figure out. */
async function figuresOf(server, name, action) {
  try {
    return await action(server);
  } catch (error) {
    if (server.kind === KM) throw error;
    console.error(`  ${server.kind.name.padEnd(20)} ${name.padEnd(30)} no figure: ${error.message.slice(0, 200)}`);
    return undefined;
  }
}

/** Every workload once, on fresh servers, which take turns at being first; server name -> figure name -> figures. */
async function oneRound(round) {
  const servers = [];
  const all = new Map(kinds.map(({ name }) => [name, {}]));
  const record = async (name, action, isFor = () => true) => {
    for (const server of servers) {
      if (!isFor(server)) continue;
      const figures = await figuresOf(server, name, action);
      if (figures === undefined) continue;
      all.get(server.kind.name)[name] = figures;
      const shown = JSON.stringify(figures, (_, value) =>
        typeof value === 'number' ? Number(value.toPrecision(4)) : value,
      );
      console.error(`  ${server.kind.name.padEnd(20)} ${name.padEnd(30)} ${shown}`);
    }
  };
  try {
    for (const kind of round % 2 === 1 ? kinds : kinds.toReversed()) servers.push(await Server.start(kind));
    await record('start', (server) => ({ seconds: server.startSeconds, rss: rssMegabytes(server.server.pid) }));
    for (const server of servers) await warmUp(server, Math.min(3_000, size.pods));
    await record('create, 64 clients', async (server) => {
      const before = await server.etcdBytes();
      const figures = await creates(server, { clients: 64, count: size.pods, prefix: 'pod' });
      return { ...figures, etcdBytesPerPod: ((await server.etcdBytes()) - before) / size.pods };
    });
    for (const clients of [1, 16, 64]) {
      await record(`get, ${clients} clients`, (server) =>
        gets(server, { clients, count: size.gets, prefix: 'pod', pods: size.pods }),
      );
    }
    for (const list of Object.keys(LISTS)) {
      const count = size.lists * LISTS[list].repeats;
      await record(`list, ${list}`, (server) => lists(server, { kind: list, count, pods: size.pods }));
    }
    await record('rss, loaded', (server) => ({ rss: rssMegabytes(server.server.pid) }));
    await record('create, 1 client', (server) => creates(server, { clients: 1, count: size.pods / 10, prefix: 'one' }));
    await record('create, 16 clients', (server) =>
      creates(server, { clients: 16, count: size.pods / 5, prefix: 'sixteen' }),
    );
    for (const watchers of size.watchers) {
      await record(`watch, ${watchers} watchers, trickle`, (server) =>
        fanOut(server, { watchers, writes: size.trickle, rate: 200, prefix: `trickle${watchers}` }),
      );
      await record(`watch, ${watchers} watchers, burst`, (server) =>
        fanOut(server, { watchers, writes: size.burst, rate: Number.POSITIVE_INFINITY, prefix: `burst${watchers}` }),
      );
    }
    await record('watch beside lists and 1 MB', (server) =>
      stalls(server, { milliseconds: options.short ? 500 : 3_000, prefix: 'stall' }),
    );
    await record('event loop', eventLoopDelay, ({ kind }) => kind === KM);
    await record('SIGTERM to exit', terminate);
    await record(
      'collections of garbage',
      (server) => server.longestCollections,
      ({ kind }) => kind === KM,
    );
    await record('start with all of it', startAgain);
    for (const victim of ['server', 'etcd']) {
      await record(`kill -9 of ${victim}`, (server) =>
        killDuringWrites(server, { victim, milliseconds: 500, prefix: `kill${victim}` }),
      );
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
  return all;
}
