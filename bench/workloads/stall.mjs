// Large requests beside a watch: while one client lists everything and another sends bodies of 1 MB, events must go on.
import { Connection } from '../lib/http-client.mjs';
import { podManifest, PODS } from '../lib/pod.mjs';
import { latencies } from '../lib/stats.mjs';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** Time from a write to its arrival at a watcher, ms, with lists of all pods and creations of 1 MB going on all the time. */
export async function stalls(server, { milliseconds, prefix }) {
  const [watcher, writer, lister, sender] = await Promise.all(
    Array.from({ length: 4 }, () => Connection.open(server.target)),
  );
  const { body } = await writer.request('GET', `${PODS}?limit=1`);
  const resourceVersion = /"resourceVersion":"(\d+)"/.exec(body.toString())[1];
  const begun = new Map();
  const times = [];
  const mark = Buffer.from(`"name":"${prefix}-`);
  await watcher.stream(`${PODS}?watch=true&resourceVersion=${resourceVersion}`, (line) => {
    const at = line.indexOf(mark);
    if (at === -1) return;
    const begin = at + mark.length;
    const number = Number(line.latin1Slice(begin, line.indexOf(34, begin)));
    if (!begun.has(number)) throw new Error(`the event of ${prefix}-${number} came twice`);
    times.push(performance.now() - begun.get(number));
    begun.delete(number);
  });
  let stopped = false;
  const text = 'x'.repeat(1_000_000);
  const repeat = async (request) => {
    for (let number = 0; !stopped; number += 1) await request(number);
  };
  const expect = ({ status }, wanted) => {
    if (status !== wanted) throw new Error(`answered ${status} instead of ${wanted}`);
  };
  const load = Promise.all([
    repeat(async () => expect(await lister.request('GET', `${PODS}?resourceVersion=0`), 200)),
    repeat(async (number) => {
      const name = `${prefix}-large-${number}`;
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { text } };
      expect(await sender.request('POST', CONFIG_MAPS, JSON.stringify(object)), 201);
      expect(await sender.request('DELETE', `${CONFIG_MAPS}/${name}`), 200);
    }),
  ]);
  const end = performance.now() + milliseconds;
  let number = 0;
  for (; performance.now() < end; number += 1) {
    begun.set(number, performance.now());
    expect(await writer.request('POST', PODS, JSON.stringify(podManifest(`${prefix}-${number}`))), 201);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  stopped = true;
  await load;
  const deadline = performance.now() + 10_000;
  while (begun.size > 0) {
    if (performance.now() > deadline) throw new Error(`${begun.size} of ${number} events did not come`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (const connection of [watcher, writer, lister, sender]) connection.close();
  return latencies(times);
}
