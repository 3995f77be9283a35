// R5 and R6: watch fan-out. Every watcher must see every change exactly once and in order. A server may end the watch of a
// client that it finds too slow; the client then goes on from the last version it saw, as client-go does, and that is counted.
import { Connection } from '../lib/http-client.mjs';
import { podManifest, PODS } from '../lib/pod.mjs';
import { cpuSeconds } from '../lib/process-usage.mjs';
import { latencies } from '../lib/stats.mjs';

/** After the last write; a server that is merely slow is no failure. */
const GIVE_UP_MS = 180_000;
const ERROR_MARK = Buffer.from('"type":"ERROR"');

/**
 * `rate` writes a second (Infinity: as fast as they go, 64 at a time) are made while `watchers` watch; answers the CPU
 * microseconds of server and etcd per delivery, and the time from a write's begin to its arrival at the last watcher.
 */
export async function fanOut(server, { watchers, writes, rate, prefix }) {
  const writer = await Connection.open(server.target);
  const { body } = await writer.request('GET', `${PODS}?limit=1`);
  const resourceVersion = /"resourceVersion":"(\d+)"/.exec(body.toString())[1];
  const expected = writes;
  const begun = new Map();
  const lastSeen = new Float64Array(writes);
  const arrivals = new Uint32Array(writes);
  let complete;
  let fail;
  const done = new Promise((resolve, reject) => {
    complete = resolve;
    fail = reject;
  });
  let ended = 0;
  let finished = 0;
  const nameMark = Buffer.from(`"name":"${prefix}-`);
  const versionMark = Buffer.from('"resourceVersion":"');

  const connections = await Promise.all(
    Array.from({ length: watchers }, async () => {
      let connection = await Connection.open(server.target);
      let count = 0;
      let lastVersion = Number(resourceVersion);
      const onLine = (line) => {
        const at = line.indexOf(nameMark);
        if (at === -1) {
          if (line.indexOf(ERROR_MARK) !== -1) fail(new Error(`a watcher was told: ${line}`));
          return;
        }
        const begin = at + nameMark.length;
        const number = Number(line.latin1Slice(begin, line.indexOf(34, begin)));
        const versionAt = line.indexOf(versionMark) + versionMark.length;
        const version = Number(line.latin1Slice(versionAt, line.indexOf(34, versionAt)));
        if (!(version > lastVersion)) throw new Error(`a watcher got version ${version} after ${lastVersion}`);
        lastVersion = version;
        arrivals[number] += 1;
        lastSeen[number] = performance.now();
        count += 1;
        if (count === expected && ++finished === watchers) complete();
      };
      const onEnd = () => {
        if (count === expected) return;
        ended += 1;
        connection.close();
        Connection.open(server.target)
          .then((next) => {
            connection = next;
            return follow();
          })
          .catch(fail);
      };
      const follow = () => connection.stream(`${PODS}?watch=true&resourceVersion=${lastVersion}`, onLine, onEnd);
      await follow();
      return { close: () => connection.close() };
    }),
  );

  const before = server.pids.map(cpuSeconds);
  await write(server, writer, { writes, rate, prefix, begun });
  await Promise.race([
    done,
    new Promise((_, reject) =>
      setTimeout(() => reject(new Error('watchers did not get every event')), GIVE_UP_MS).unref(),
    ),
  ]);
  const cpu = server.pids.reduce((sum, pid, index) => sum + cpuSeconds(pid) - before[index], 0);
  if (arrivals.some((count) => count !== watchers)) throw new Error('an event was lost or doubled');
  connections.forEach((connection) => connection.close());
  writer.close();
  const times = [...begun].map(([number, begin]) => lastSeen[number] - begin);
  return { cpuMicros: (cpu * 1e6) / (writes * watchers), ...latencies(times), ...(ended > 0 ? { ended } : {}) };
}

async function write(server, writer, { writes, rate, prefix, begun }) {
  const create = async (connection, number) => {
    const manifest = JSON.stringify(podManifest(`${prefix}-${number}`));
    begun.set(number, performance.now());
    const { status } = await connection.request('POST', PODS, manifest);
    if (status !== 201) throw new Error(`create answered ${status}`);
  };
  if (Number.isFinite(rate)) {
    const begin = performance.now();
    for (let number = 0; number < writes; number += 1) {
      const wait = begin + (number * 1000) / rate - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      await create(writer, number);
    }
    return;
  }
  const connections = await Promise.all(Array.from({ length: 64 }, () => Connection.open(server.target)));
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (next < writes) await create(connection, next++);
      connection.close();
    }),
  );
}
