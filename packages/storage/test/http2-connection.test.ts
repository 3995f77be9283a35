import fc from 'fast-check';
import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { eventually } from '@kubernetes-mesos/test-support';
import { Http2Connection, type Http2ConnectionOptions } from '../src/http2/connection';
import { FrameWriter } from '../src/http2/frame-writer';
import { encodeHeaders } from '../src/http2/header-encoder';
import { PREFACE } from '../src/http2/protocol';
import { ScratchBuffers } from '../src/http2/scratch-buffers';
import { transportOf } from '../src/http2/transport';
import { cut } from './support/cut';
import { exchange } from './support/http2-exchange';
import { ScriptedSocket } from './support/scripted-socket';

const KEEPALIVE = { timeMs: 60_000, timeoutMs: 60_000 };

describe("with Node's HTTP/2 server", () => {
  const servers: Http2Server[] = [];
  const sessions: ServerHttp2Session[] = [];
  const connections: Http2Connection[] = [];

  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.destroy(new Error('the test is over'));
    for (const session of sessions.splice(0)) session.destroy();
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  async function start(
    onStream: (stream: ServerHttp2Stream) => void,
    serverOptions: ServerOptions = {},
    options: Partial<Http2ConnectionOptions> = {},
  ): Promise<{ connection: Http2Connection; socket: Socket; reasons: string[] }> {
    const server = createServer(serverOptions);
    server.on('session', (session) => {
      sessions.push(session);
      session.on('error', () => undefined);
    });
    server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      onStream(stream);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const reasons: string[] = [];
    const connection = await new Promise<Http2Connection>((resolve) => {
      const made: Http2Connection = new Http2Connection(transportOf(socket), new ScratchBuffers(), {
        keepalive: KEEPALIVE,
        onReady: () => resolve(made),
        onUnusable: ({ message }) => reasons.push(message),
        ...options,
      });
      connections.push(made);
    });
    return { connection, socket, reasons };
  }

  function echo(stream: ServerHttp2Stream): void {
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.pipe(stream);
  }

  test.each([
    ['usual windows', {}],
    ['windows of 100 bytes', { settings: { initialWindowSize: 100 } }],
    ['padded frames', { paddingStrategy: constants.PADDING_STRATEGY_MAX }],
  ])('bodies of any size come back whole, with %s', async (_, serverOptions: ServerOptions) => {
    const { connection } = await start(echo, serverOptions, { window: 70_000 });
    const sizes =
      serverOptions.settings === undefined ? [0, 1, 16_384, 16_385, 300_000, 1_500_000] : [99, 100, 101, 3_000];
    const bodies = sizes.flatMap((size) => [Buffer.alloc(size, 'abc'), Buffer.alloc(size, 'de')]);
    const exchanges = bodies
      .filter(({ length }) => length > 0)
      .map((body) => [body, exchange(connection, body)] as const);
    for (const [body, { outcome, headers, body: received }] of exchanges) {
      expect(await outcome).toBe('ended');
      expect(received().equals(body)).toBe(true);
      expect(headers.map((fields) => fields[':status'] ?? fields['grpc-status'])).toEqual(['200', '0']);
    }
  });

  test('of more requests than the peer takes at a time, each has its turn', async () => {
    let open = 0;
    let most = 0;
    const onStream = (stream: ServerHttp2Stream): void => {
      open += 1;
      most = Math.max(most, open);
      stream.on('close', () => (open -= 1));
      setImmediate(() => echo(stream));
    };
    const { connection } = await start(onStream, { settings: { maxConcurrentStreams: 3 } });
    const all = Array.from({ length: 20 }, (_each, index) => exchange(connection, Buffer.from(String(index))));
    expect(connection.cancel(all[10]!.stream)).toBe(false);
    for (const [index, { outcome, body }] of all.entries()) {
      if (index === 10) continue;
      expect(await outcome).toBe('ended');
      expect(body().toString()).toBe(String(index));
    }
    expect(most).toBe(3);
  });

  test('headers of any length and content', async () => {
    const values = new Map<string, string>();
    const { connection } = await start((stream) => {
      stream.respond({ ':status': 200, ...Object.fromEntries(values) }, { endStream: true });
    });
    const name = fc.stringMatching(/^x-[a-z0-9]{1,8}$/);
    const value = fc.oneof(
      fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,60}[\x21-\x7e])?$/),
      fc.constantFrom('a'.repeat(9_000), '~'.repeat(10_000)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 5 }), async (fields) => {
        values.clear();
        for (const [each, its] of fields) values.set(each, its);
        const { outcome, headers } = exchange(connection, Buffer.from('x'));
        expect(await outcome).toBe('ended');
        expect(headers[0]).toMatchObject(Object.fromEntries(values));
      }),
    );
  });

  test('only a refused stream has certainly not been worked on', async () => {
    const codes = [constants.NGHTTP2_REFUSED_STREAM, constants.NGHTTP2_CANCEL, constants.NGHTTP2_INTERNAL_ERROR];
    const { connection } = await start((stream) => stream.close(codes.shift()));
    for (const maybeProcessed of [false, true, true]) {
      expect(await exchange(connection, Buffer.from('x')).outcome).toMatchObject({ maybeProcessed });
    }
    expect(connection.isUsable).toBe(true);
  });

  test('when the peer goes away, what it names goes on, and the rest has certainly not been worked on', async () => {
    const streams: ServerHttp2Stream[] = [];
    const { connection, socket, reasons } = await start((stream) => streams.push(stream), {
      settings: { maxConcurrentStreams: 2 },
    });
    const [first, second, third] = ['a', 'b', 'c'].map((body) => exchange(connection, Buffer.from(body)));
    await eventually(() => streams.length === 2);
    sessions[0]!.goaway(constants.NGHTTP2_NO_ERROR, 1);
    expect(await second!.outcome).toMatchObject({ maybeProcessed: false });
    expect(await third!.outcome).toMatchObject({ maybeProcessed: false });
    expect(connection.isUsable).toBe(false);
    expect(reasons).toEqual(['the peer goes away: NO_ERROR']);
    echo(streams[0]!);
    expect(await first!.outcome).toBe('ended');
    expect(socket.destroyed).toBe(true);
  });

  test('a cancelled request ends at the peer, others go on', async () => {
    const codes: number[] = [];
    const { connection } = await start((stream) => {
      stream.on('close', () => codes.push(stream.rstCode));
      stream.respond({ ':status': 200 });
      stream.write('some');
    });
    const [one, other] = [exchange(connection, Buffer.from('x')), exchange(connection, Buffer.from('x'), false)];
    await eventually(() => one.body().length > 0 && other.body().length > 0);
    expect(connection.cancel(one.stream)).toBe(true);
    await eventually(() => codes.length === 1);
    expect(codes).toEqual([constants.NGHTTP2_CANCEL]);
    expect(other.body().toString()).toBe('some');
  });

  test('an answer before the end of the request is an answer', async () => {
    const { connection } = await start(
      (stream) => stream.respond({ ':status': 200, 'grpc-status': '8' }, { endStream: true }),
      {
        settings: { initialWindowSize: 10 },
      },
    );
    const early = exchange(connection, Buffer.alloc(50_000));
    expect(await early.outcome).toBe('ended');
    expect(await exchange(connection, Buffer.from('x'), false).outcome).toBe('ended');
    expect(await exchange(connection, Buffer.from('x')).outcome).toBe('ended');
  });

  test('a connection that breaks leaves requests in doubt', async () => {
    const { connection } = await start(() => sessions[0]!.destroy());
    const broken = exchange(connection, Buffer.from('x'));
    expect(await broken.outcome).toMatchObject({ maybeProcessed: true });
    expect(connection.isUsable).toBe(false);
  });

  test('without stream ids left it takes no more', async () => {
    const { connection, socket, reasons } = await start(echo, {}, { firstStreamId: 2 ** 31 - 3 });
    const all = ['a', 'b'].map((body) => exchange(connection, Buffer.from(body)));
    expect(connection.isUsable).toBe(false);
    expect(reasons).toHaveLength(1);
    for (const { outcome } of all) expect(await outcome).toBe('ended');
    expect(socket.destroyed).toBe(true);
  });

  test('a connection in use is probed, and kept while the probes are answered', async () => {
    const { connection } = await start(() => undefined, {}, { keepalive: { timeMs: 20, timeoutMs: 1_000 } });
    let pings = 0;
    sessions[0]!.on('ping', () => (pings += 1));
    const { stream } = exchange(connection, Buffer.from('x'), false);
    await eventually(() => pings >= 2);
    expect(connection.isUsable).toBe(true);
    connection.cancel(stream);
  });
});

describe('with a scripted peer', () => {
  function start(options: Partial<Http2ConnectionOptions> = {}) {
    const socket = new ScriptedSocket();
    const reasons: string[] = [];
    const connection = new Http2Connection(transportOf(socket), new ScratchBuffers(), {
      keepalive: KEEPALIVE,
      onReady: () => undefined,
      onUnusable: ({ message }) => reasons.push(message),
      ...options,
    });
    return { socket, connection, reasons };
  }

  const settings = frames((writer) => writer.settings([]));
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test('says hello, and waits for the peer to do so', async () => {
    const { socket, connection } = start();
    await turn();
    expect(socket.written.subarray(0, PREFACE.length).equals(PREFACE)).toBe(true);
    expect(connection.isUsable).toBe(false);
    socket.feed(settings);
    await turn();
    expect(connection.isUsable).toBe(true);
    connection.destroy(new Error('over'));
  });

  test('answers are the same however their bytes are cut', async () => {
    const headers = encodeHeaders([[':status', '200']]);
    const trailers = encodeHeaders([['grpc-status', '0']]);
    const answer = frames((writer) => {
      for (const id of [3, 1]) writer.headers(id, headers);
      writer.data(1, Buffer.from('one'), 0, 3, false);
      writer.ping(Buffer.from('abcdefgh'), false);
      writer.data(3, Buffer.from('three'), 0, 5, false);
      writer.data(1, Buffer.from('more'), 0, 4, false);
    });
    const end = [1, 3].map((id) => Buffer.concat([Buffer.from([0, 0, trailers.length, 1, 5, 0, 0, 0, id]), trailers]));
    const bytes = Buffer.concat([answer, ...end]);
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 1, max: 30 })), async (sizes) => {
        const { socket, connection } = start();
        socket.feed(settings);
        await turn();
        const both = [exchange(connection, Buffer.from('a')), exchange(connection, Buffer.from('b'))];
        for (const chunk of cut(bytes, sizes)) socket.feed(chunk);
        for (const [index, { outcome, headers: blocks, body }] of both.entries()) {
          expect(await outcome).toBe('ended');
          expect(blocks).toEqual([{ ':status': '200' }, { 'grpc-status': '0' }]);
          expect(body().toString()).toBe(['onemore', 'three'][index]);
        }
        connection.destroy(new Error('over'));
      }),
      { numRuns: 50 },
    );
  });

  test('what was not given to the socket has certainly not been worked on', async () => {
    const { socket, connection } = start();
    socket.feed(settings);
    await turn();
    const sent = exchange(connection, Buffer.from('a'));
    await turn();
    const unsent = exchange(connection, Buffer.from('b'));
    connection.destroy(new Error('over'));
    expect(await sent.outcome).toMatchObject({ maybeProcessed: true });
    expect(await unsent.outcome).toMatchObject({ maybeProcessed: false });
  });

  test('a silent peer is given up, but not an idle one', async () => {
    const { socket, connection, reasons } = start({ keepalive: { timeMs: 10, timeoutMs: 10 } });
    socket.feed(settings);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(reasons).toEqual([]);
    const { outcome } = exchange(connection, Buffer.from('a'));
    expect(await outcome).toMatchObject({ maybeProcessed: true });
    expect(reasons).toEqual(['the connection has gone silent']);
  });

  test.each([
    ['data of no stream', '000001000000000000' + '00'],
    ['data of a stream that never was', '000001000000000009' + '00'],
    ['data of a stream of its own', '000001000000000002' + '00'],
    ['more padding than data', '000002000800000001' + '0500'],
    ['a pushed stream', '000004050400000001' + '00000002'],
    ['a continuation of nothing', '000001090400000001' + '88'],
    ['an interrupted header block', '000001010000000001' + '88' + '000001090400000003' + '88'],
    ['a malformed header block', '000001010400000001' + 'ff'],
    ['a window that grows by nothing', '000004080000000000' + '00000000'],
    ['a window that grows too large', '000004080000000000' + '7fffffff'],
    ['settings of a wrong size', '000005040000000000' + '0004000000'],
    ['a window setting that is too large', '000006040000000000' + '000480000000'],
    ['a frame size that is too small', '000006040000000000' + '000500000001'],
    ['a ping of a wrong size', '000004060000000000' + '00000000'],
    ['a reset of a wrong size', '000003030000000001' + '000000'],
    ['a frame that is too large', '004001000000000001'],
  ])('%s ends the connection', async (_, bytes) => {
    const { socket, connection, reasons } = start();
    socket.feed(settings);
    await turn();
    const { outcome } = exchange(connection, Buffer.from('x'));
    await turn();
    socket.feed(Buffer.from(bytes, 'hex'));
    expect(await outcome).toMatchObject({ maybeProcessed: true });
    expect(reasons).toHaveLength(1);
    expect(socket.destroyed).toBe(true);
    expect(socket.written.at(-17 + 3)).toBe(7);
  });

  test('a peer that does not begin with its settings ends the connection', async () => {
    const { socket, reasons } = start();
    socket.feed(frames((writer) => writer.ping(Buffer.from('abcdefgh'), false)));
    await turn();
    expect(reasons).toEqual(['HTTP/2: the peer does not begin with its settings']);
  });

  function frames(write: (writer: FrameWriter) => void): Buffer {
    const writer = new FrameWriter(new ScratchBuffers());
    write(writer);
    return writer.take().bytes;
  }
});
