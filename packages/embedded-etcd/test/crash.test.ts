import { eventually, freePort, withTempDir, type TestProcess } from '@kubernetes-mesos/test-support';
import { connect } from './support/pair';
import { startServerProcess } from './support/server-process';

interface Acknowledged {
  readonly revision: number;
  readonly value: string;
}

test('kill -9 in the middle of a storm of writes loses nothing that was acknowledged', async () => {
  await withTempDir(async (dir) => {
    const port = await freePort();
    const acknowledged = new Map<string, Acknowledged>();
    let total = 0;
    let server: TestProcess | undefined;
    try {
      for (let round = 0; round < 4; round += 1) {
        server = await startServerProcess(dir, port);
        total += await storm(`http://127.0.0.1:${port}`, round, acknowledged, server);
        await server.exited;
      }
      server = await startServerProcess(dir, port);
      await expectAll(`http://127.0.0.1:${port}`, acknowledged);
    } finally {
      await server?.kill();
    }
    expect(total).toBeGreaterThan(500);
  });
}, 120_000);

const WRITERS = 16;

/** Writers that put, delete and lease until the server is killed under them. @returns writes acknowledged */
async function storm(
  endpoint: string,
  round: number,
  acknowledged: Map<string, Acknowledged>,
  server: TestProcess,
): Promise<number> {
  const client = connect(endpoint);
  let count = 0;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let index = 0; ; index += 1) {
      const key = `${writer}/${index % 20}`;
      const value = `${round}.${index}`;
      try {
        const { header } = await client.kv.txn({
          success: [
            { request_put: { key: Buffer.from(key), value: Buffer.from(value) } },
            { request_put: { key: Buffer.from(`twin/${key}`), value: Buffer.from(value) } },
          ],
        });
        count += 1;
        acknowledged.set(key, { revision: Number(header.revision), value });
      } catch {
        return;
      }
    }
  });
  await eventually(() => count > 150 * (round + 1), { deadlineMs: 20_000 });
  await server.kill();
  await Promise.all(writers);
  client.close();
  return count;
}

async function expectAll(endpoint: string, acknowledged: ReadonlyMap<string, Acknowledged>): Promise<void> {
  const client = connect(endpoint);
  const { kvs, header } = await client.kv.range({ key: Buffer.from([0]), range_end: Buffer.from([0]) });
  const stored = new Map(kvs.map((kv) => [kv.key.toString(), kv]));
  expect(acknowledged.size).toBe(WRITERS * 20);
  for (const [key, { revision, value }] of acknowledged) {
    const kv = stored.get(key);
    const twin = stored.get(`twin/${key}`);
    // A write that was under way at the kill may have made it as well; then both halves did.
    expect(Number(kv?.mod_revision)).toBeGreaterThanOrEqual(revision);
    if (Number(kv?.mod_revision) === revision) expect(kv?.value.toString()).toBe(value);
    expect([twin?.mod_revision, twin?.value.toString()]).toEqual([kv?.mod_revision, kv?.value.toString()]);
    expect(Number(header.revision)).toBeGreaterThanOrEqual(Number(kv?.mod_revision));
  }
  client.close();
}
