// What a call to etcd costs its client: the two gateways of packages/storage against one etcd, in turn. CPU of this process per operation.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectGateway } from '../packages/storage/dist/etcd/direct-gateway.js';
import { connectEtcd3 } from '../packages/storage/dist/etcd/etcd3-gateway.js';
import { cpuSeconds } from './lib/process-usage.mjs';
import { freePort, until } from './lib/servers.mjs';

const OPERATIONS = Number(process.argv[2] ?? 6_000);
const VALUE = Buffer.alloc(1_600, 'x');
const GROUP = 64;

const folder = mkdtempSync(join(tmpdir(), 'km-etcd-client-'));
const client = `http://127.0.0.1:${await freePort()}`;
const peer = `http://127.0.0.1:${await freePort()}`;
const etcd = spawn(
  'etcd',
  [
    `--data-dir=${folder}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--logger=zap',
    '--log-level=error',
  ],
  { stdio: 'inherit' },
);
process.once('exit', () => etcd.kill('SIGKILL'));

const gateways = {
  etcd3: await connectEtcd3({ endpoints: [client] }),
  direct: new DirectGateway({ endpoints: [client] }),
};

let counter = 0;
const create = () => {
  counter += 1;
  const key = `/bench/pods/default/pod-${counter}`;
  return {
    compare: [{ key, target: 'modRevision', value: 0 }],
    success: [{ op: 'put', key, value: VALUE }],
    failure: [],
  };
};

/** An operation, and how many are counted for one call of it. */
const WORKLOADS = {
  'range, count only': [(gateway) => gateway.range({ key: '/bench/', countOnly: true }), 1],
  transaction: [(gateway) => gateway.txn(create()), 1],
  [`nested transaction of ${GROUP}, per write`]: [
    (gateway) =>
      gateway.txn({
        compare: [],
        success: Array.from({ length: GROUP }, () => ({ op: 'txn', txn: create() })),
        failure: [],
      }),
    GROUP,
  ],
  'range of 500 keys, per key': [(gateway) => gateway.range({ key: '/bench/', end: '/bench0', limit: 500 }), 500],
};

async function repeat(call, inFlight, count) {
  let left = count;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, client));
}

async function measured(operations, action) {
  const before = process.cpuUsage();
  const etcdBefore = cpuSeconds(etcd.pid);
  await action();
  const { user, system } = process.cpuUsage(before);
  return { client: (user + system) / operations, etcd: ((cpuSeconds(etcd.pid) - etcdBefore) * 1e6) / operations };
}

function print(what, inFlight, results) {
  const figures = Object.entries(results).map(
    ([name, { client, etcd }]) => `${name} ${client.toFixed(1)} (etcd ${etcd.toFixed(1)})`,
  );
  const ratio = results.etcd3.client / results.direct.client;
  console.log(
    `${what.padEnd(38)} ${String(inFlight).padStart(3)} in flight  ${figures.join('   ')}   ${ratio.toFixed(1)}x`,
  );
}

try {
  await until(async () => (await fetch(`${client}/health`)).ok, 30_000, 'etcd');
  console.log('CPU us of the client per operation');
  for (const [what, [call, perCall]] of Object.entries(WORKLOADS)) {
    for (const inFlight of perCall === 1 ? [1, 16, 64] : [1, 2]) {
      const results = {};
      for (const [name, gateway] of Object.entries(gateways)) {
        const calls = Math.max(20, Math.round(OPERATIONS / perCall));
        await repeat(() => call(gateway), inFlight, Math.ceil(calls / 5));
        results[name] = await measured(calls * perCall, () => repeat(() => call(gateway), inFlight, calls));
      }
      print(what, inFlight, results);
    }
  }
  // History is delivered as fast as it is taken.
  const { revision } = await gateways.direct.range({ key: '/bench/', countOnly: true });
  const results = {};
  for (const [name, gateway] of Object.entries(gateways)) {
    let events = 0;
    const abort = new AbortController();
    const from = Math.max(2, revision - 10_000);
    const watch = () =>
      gateway.watch(
        { key: '/bench/', end: '/bench0', fromRevision: from },
        (batch) => {
          events += batch.events.length;
          if (batch.revision >= revision) abort.abort();
        },
        abort.signal,
      );
    const { client, etcd } = await measured(1, watch);
    results[name] = { client: client / events, etcd: etcd / events };
  }
  print('watch, per event of 1.6 kB', 1, results);
} finally {
  for (const gateway of Object.values(gateways)) gateway.close();
  etcd.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
