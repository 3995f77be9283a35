// R3 and R4: LISTs of all pods: from the cache, consistent, paged by 500, by a selector that matches 1 %, again and for the first time.
import { Connection } from '../lib/http-client.mjs';
import { PODS } from '../lib/pod.mjs';
import { measured } from '../lib/process-usage.mjs';
import { latencies } from '../lib/stats.mjs';

/** `query` of a list by its number. `repeats`: /proc counts CPU in steps of 10 ms, so that cheap lists are made more often. */
export const LISTS = {
  'rv=0': { query: () => '?resourceVersion=0', share: 1, repeats: 1 },
  consistent: { query: () => '', share: 1, repeats: 1 },
  paged: { query: () => '?limit=500', share: 1, repeats: 1 },
  selector: { query: () => '?labelSelector=group%3Dg7&resourceVersion=0', share: 0.01, repeats: 20 },
  // The second value is no pod's, and makes each selector one that was not asked before.
  'selector, first': {
    query: (number) => `?labelSelector=group+in+(g7,none${number})&resourceVersion=0`,
    share: 0.01,
    repeats: 20,
  },
};

export async function lists(server, { kind, count, pods }) {
  const { query, share } = LISTS[kind];
  const connection = await Connection.open(server.target);
  const times = [];
  let bytes = 0;
  const one = async (number) => {
    const names = new Set();
    let token = '';
    do {
      const { status, body } = await connection.request(
        'GET',
        `${PODS}${query(number)}${token && `&continue=${token}`}`,
      );
      if (status !== 200) throw new Error(`list answered ${status}: ${body.toString().slice(0, 300)}`);
      bytes += body.length;
      checkpoint(body, names);
      token = /"continue":"([^"]*)"/.exec(body.latin1Slice(0, 2_000))?.[1] ?? '';
    } while (token !== '');
    if (names.size !== Math.round(pods * share))
      throw new Error(`list ${kind} has ${names.size} pods of ${pods * share}`);
  };
  await one(-1);
  bytes = 0;
  const { seconds, cpuMicros } = await measured(server.pids, count, async () => {
    for (let at = 0; at < count; at += 1) {
      const begin = performance.now();
      await one(-1);
      times.push(performance.now() - begin);
    }
  });
  connection.close();
  return {
    rate: count / seconds,
    cpuMicros,
    bytesPerPod: bytes / count / Math.round(pods * share),
    cpuNanosPerByte: (cpuMicros * 1000 * count) / bytes,
    ...latencies(times),
  };
}

/** Collects the names without parsing 10 MB of JSON: the client's work must not be what is measured. */
function checkpoint(body, names) {
  const mark = Buffer.from('"metadata":{"name":"');
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + mark.length)) {
    const begin = at + mark.length;
    names.add(body.latin1Slice(begin, body.indexOf(34, begin)));
  }
}
