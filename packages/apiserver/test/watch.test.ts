import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { eventually } from '@kubernetes-mesos/test-support';
import { startTestServer, type TestServer } from './support/server';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const WATCH_LIST = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
const HISTORY = 64;

interface Told {
  readonly type: string;
  readonly object: {
    readonly code?: number;
    readonly metadata: { name?: string; resourceVersion: string; annotations?: Record<string, string> };
  };
}

/** All events of a watch until it ends. */
async function eventsOf(server: TestServer, query: string): Promise<Told[]> {
  const { text } = await server.call('GET', `${CONFIG_MAPS}?${query}`);
  return told(text);
}

function told(text: string): Told[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Told);
}

describe('watches', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({}, HISTORY);
  }, 60_000);
  afterAll(() => server.stop());

  const create = (name: string, labels: Record<string, string> = {}, data: Record<string, string> = {}) =>
    server.call('POST', CONFIG_MAPS, { metadata: { name, labels }, data });

  test('that ask for initial events get what is there, and a bookmark at the end of it', async () => {
    await create('initial-a', { initial: 'yes' });
    await create('initial-b', { initial: 'no' });
    for (const revision of ['', '&resourceVersion=0', '&resourceVersion=1']) {
      const query = `${WATCH_LIST}&allowWatchBookmarks=1&labelSelector=initial%3Dyes&timeoutSeconds=1${revision}`;
      const events = await eventsOf(server, query);
      expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([
        ['ADDED', 'initial-a'],
        ['BOOKMARK', undefined],
      ]);
      expect(events[1]?.object).toEqual({
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: {
          resourceVersion: expect.stringMatching(/^\d+$/) as string,
          creationTimestamp: null,
          annotations: { 'k8s.io/initial-events-end': 'true' },
        },
      });
    }
    const without = await eventsOf(server, `${WATCH_LIST}&labelSelector=initial%3Dyes&timeoutSeconds=1`);
    expect(without.map(({ type }) => type)).toEqual(['ADDED']);
    const none = await eventsOf(server, `${WATCH_LIST.replace('=true', '=false')}&timeoutSeconds=1`);
    expect(none).toEqual([]);
  }, 20_000);

  test.each([
    ['watch=1&sendInitialEvents=true', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    [
      'watch=1&sendInitialEvents=false&resourceVersionMatch=Exact',
      '[resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan, ' +
        'resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]',
    ],
    ['watch=1&resourceVersionMatch=NotOlderThan', 'resourceVersionMatch is forbidden for watch'],
    ['sendInitialEvents=true', 'sendInitialEvents is forbidden for list'],
    [
      'resourceVersionMatch=Exact&continue=x',
      '[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, ' +
        'resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided]',
    ],
  ])('refused: %s', async (query, text) => {
    const answer = await server.call('GET', `${CONFIG_MAPS}?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.body.message).toContain(text);
  });

  test('a bookmark comes to those whose own objects have not changed, once others of the kind have', async () => {
    const { body } = await server.call('GET', CONFIG_MAPS);
    const from = body.metadata.resourceVersion as string;
    const query = `watch=1&allowWatchBookmarks=1&timeoutSeconds=1&labelSelector=nobody&resourceVersion=${from}`;
    expect(await eventsOf(server, query)).toEqual([]);
    await create('elsewhere');
    const [told, ...more] = await eventsOf(server, query);
    expect([told?.type, more]).toEqual(['BOOKMARK', []]);
    expect(Number(told?.object.metadata.resourceVersion)).toBeGreaterThan(Number(from));
  });

  test('over a WebSocket each event is a message: text, or bytes for protobuf, until the time is up', async () => {
    await create('socket', { socket: 'yes' });
    const path = `${CONFIG_MAPS}?watch=1&labelSelector=socket%3Dyes&timeoutSeconds=1`;
    const text = await messagesOf(server, path, 'application/json');
    expect(text).toMatchObject([{ isBinary: false }]);
    expect(JSON.parse(String(text[0]?.data))).toMatchObject({
      type: 'ADDED',
      object: { metadata: { name: 'socket' } },
    });
    const bytes = await messagesOf(server, path, 'application/vnd.kubernetes.protobuf');
    expect(bytes).toMatchObject([{ isBinary: true }]);
    // A WatchEvent begins with its type.
    expect(bytes[0]?.data.subarray(0, 7).toString('latin1')).toBe('\n\x05ADDED');
  });

  test('a client that does not read is told so when it does, and nobody else notices', async () => {
    const { body } = await server.call('GET', CONFIG_MAPS);
    const from = body.metadata.resourceVersion as string;
    const stalled = await rawWatch(server, `${CONFIG_MAPS}?watch=1&resourceVersion=${from}`);
    stalled.socket.pause();
    const writes = 3 * HISTORY;
    const healthy = await rawWatch(server, `${CONFIG_MAPS}?watch=1&resourceVersion=${from}`);
    await create('big', {}, { n: 'start' });
    for (let n = 1; n < writes; n++) {
      await server.call('PUT', `${CONFIG_MAPS}/big`, {
        metadata: { name: 'big' },
        data: { n: `${n}`, x: 'x'.repeat(200_000) },
      });
    }
    await server.call('DELETE', `${CONFIG_MAPS}/big`);
    stalled.socket.resume();
    await eventually(async () => stalled.text().includes('"type":"ERROR"'), {
      deadlineMs: 20_000,
      what: 'the stalled client is told',
    });
    const last = stalled.text().slice(stalled.text().indexOf('{"type":"ERROR"'));
    expect(last).toContain('"code":410');
    await eventually(async () => healthy.text().includes('"type":"DELETED"'), {
      deadlineMs: 20_000,
      what: 'the healthy client has seen it all',
    });
    for (const { socket } of [stalled, healthy]) socket.destroy();
    const events = told(healthy.text().replace(/^[0-9a-f]*\r\n/gm, ''));
    expect(events).toHaveLength(writes + 1);
    expect(events.at(-1)?.type).toBe('DELETED');
    const revisions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  }, 60_000);
});

/** All messages of a watch over a WebSocket, which has to end as one should. */
async function messagesOf(
  server: TestServer,
  path: string,
  accept: string,
): Promise<{ readonly data: Buffer; readonly isBinary: boolean }[]> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, { headers: { accept } });
  const messages: { data: Buffer; isBinary: boolean }[] = [];
  socket.on('message', (data: Buffer, isBinary: boolean) => messages.push({ data, isBinary }));
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1000);
  return messages;
}

/** A watch over a bare socket, which can be kept from reading. */
async function rawWatch(server: TestServer, path: string): Promise<{ readonly socket: Socket; text(): string }> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
  await eventually(async () => chunks.length > 0, { deadlineMs: 10_000, what: 'the watch has begun' });
  return { socket, text: () => Buffer.concat(chunks).toString('utf8') };
}
