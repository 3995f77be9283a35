import { createHash } from 'node:crypto';
import net from 'node:net';
import { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { eventually } from '@kubernetes-mesos/test-support';
import { encodeFrame } from '../../src/streaming/spdy/frame-encoder';
import { FrameDecoder } from '../../src/streaming/spdy/frame-decoder';
import type { Frame } from '../../src/streaming/spdy/frame';
import { encodeHeaders } from '../../src/streaming/spdy/header-block';
import { HeaderDeflater } from '../../src/streaming/spdy/header-compression';
import { SpdyConnection } from '../../src/streaming/spdy/spdy-connection';
import type { SpdyStream } from '../../src/streaming/spdy/spdy-stream';

/** Two sockets that are joined. */
async function socketPair(): Promise<[net.Socket, net.Socket]> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
  const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const served = await accepted;
  server.close();
  return [client, served];
}

const named = (name: string): Map<string, string> => new Map([['streamtype', name]]);
const nothing = { accept: () => false, onStream: () => undefined };

describe('a SPDY connection', () => {
  let clientSocket: net.Socket;
  let serverSocket: net.Socket;
  beforeEach(async () => {
    [clientSocket, serverSocket] = await socketPair();
  });
  afterEach(() => {
    clientSocket.destroy();
    serverSocket.destroy();
  });

  /** A client and a server whose streams `serve` is given. */
  function connect(serve: (stream: SpdyStream) => void): { client: SpdyConnection; server: SpdyConnection } {
    const server = new SpdyConnection(serverSocket, { accept: () => true, onStream: serve });
    return { client: new SpdyConnection(clientSocket, { ...nothing, isClient: true }), server };
  }

  test('many streams at once, each whole, each end by itself', async () => {
    const { client, server } = connect((stream) => stream.pipe(stream));
    const bodies = Array.from({ length: 20 }, (_, index) => Buffer.alloc(300_000 + index, `body ${index} `));
    const received = await Promise.all(
      bodies.map(async (body, index) => {
        const stream = client.open(named(`s${index}`));
        stream.end(body);
        return buffer(stream);
      }),
    );
    received.forEach((body, index) => expect(digest(body)).toBe(digest(bodies[index])));
    await Promise.all([client.close(1_000), server.closed]);
  });

  test('one direction may end long before the other', async () => {
    const { client } = connect((stream) => {
      stream.resume();
      stream.once('end', () => stream.end('said after your end'));
    });
    const stream = client.open(named('half'));
    stream.end();
    expect((await buffer(stream)).toString()).toBe('said after your end');
  });

  test('headers come as they were sent, also those of the hundredth stream', async () => {
    const seen: string[] = [];
    const { client } = connect((stream) => {
      seen.push(`${stream.headers.get('streamtype')} ${stream.headers.get('port')}`);
      stream.resume();
      stream.end();
    });
    for (let index = 0; index < 100; index += 1) {
      const stream = client.open(new Map([...named('data'), ['port', String(index)]]));
      stream.end();
      await buffer(stream);
    }
    expect(seen).toHaveLength(100);
    expect(seen[99]).toBe('data 99');
  });

  test('a stream that nobody reads holds its writer back; nothing is lost', async () => {
    const served: SpdyStream[] = [];
    const { client } = connect((stream) => served.push(stream));
    const writer = client.open(named('held'));
    const size = 64 * 1024 * 1024;
    const chunk = Buffer.alloc(65_536);
    let written = 0;
    while (written < size && !writer.writableNeedDrain) {
      written += chunk.length;
      if (!writer.write(chunk)) await Promise.race([once(writer, 'drain'), idle(clientSocket)]);
    }
    expect(written).toBeLessThan(size);
    const [held] = served;
    if (held === undefined) throw new Error('no stream has come');
    writer.end();
    expect(await buffer(held)).toHaveLength(written);
  });

  test('with windows, a stream that nobody reads holds up no other', async () => {
    serverSocket.write(encodeFrame({ type: 'SETTINGS', clear: false, entries: [{ id: 7, flags: 0, value: 65_536 }] }));
    const { client } = connect((stream) => {
      if (stream.headers.get('streamtype') === 'read') stream.pipe(stream);
    });
    await once(clientSocket, 'readable');
    client.open(named('held')).write(Buffer.alloc(50_000_000));
    const other = client.open(named('read'));
    other.end('still heard');
    expect((await buffer(other)).toString()).toBe('still heard');
  });

  test('a writer waits for the window of a reader that minds windows', async () => {
    const peer = new RawPeer(clientSocket);
    const server = new SpdyConnection(serverSocket, {
      accept: () => true,
      onStream: (stream) => {
        stream.resume();
        stream.end(Buffer.alloc(100_000, 'w'));
      },
    });
    peer.send({ type: 'SETTINGS', clear: false, entries: [{ id: 7, flags: 0, value: 1_000 }] });
    peer.open(1);
    await peer.until((frames) => dataOf(frames, 1).length === 1_000);
    peer.send({ type: 'PING', id: 1 });
    await peer.until((frames) => frames.some(({ type }) => type === 'PING'));
    expect(dataOf(peer.frames, 1)).toHaveLength(1_000);
    peer.send({ type: 'WINDOW_UPDATE', streamId: 1, delta: 98_999 });
    await peer.until((frames) => dataOf(frames, 1).length === 99_999);
    peer.send({ type: 'WINDOW_UPDATE', streamId: 1, delta: 5 });
    await peer.until((frames) => dataOf(frames, 1).length === 100_000 && isEnded(frames, 1));
    clientSocket.destroy();
    await server.closed;
  });

  test('a reader gives the window back as it reads', async () => {
    const peer = new RawPeer(clientSocket);
    new SpdyConnection(serverSocket, { accept: () => true, onStream: (stream) => stream.resume() });
    peer.open(1);
    for (let index = 0; index < 4; index += 1) {
      peer.send({ type: 'DATA', streamId: 1, fin: false, data: Buffer.alloc(32_768) });
    }
    await peer.until((frames) => credits(frames, 1) === 4 * 32_768);
  });

  test('the reply comes before any data, PINGs are answered, what is not wanted is reset', async () => {
    const peer = new RawPeer(clientSocket);
    new SpdyConnection(serverSocket, {
      accept: (headers) => headers.get('streamtype') === 'wanted',
      onStream: (stream) => {
        stream.resume();
        stream.end('x');
      },
    });
    peer.open(1, 'wanted');
    peer.open(3, 'other');
    peer.send({ type: 'PING', id: 7 });
    await peer.until((frames) => frames.some(({ type }) => type === 'PING') && isEnded(frames, 1));
    const ofOne = peer.frames.filter((frame) => 'streamId' in frame && frame.streamId === 1);
    expect(ofOne[0]).toMatchObject({ type: 'SYN_REPLY' });
    expect(peer.frames).toContainEqual({ type: 'RST_STREAM', streamId: 3, status: 5 });
    expect(peer.frames).toContainEqual({ type: 'PING', id: 7 });
  });

  test.each<[string, Buffer]>([
    ['stream numbers that go back', Buffer.concat([syn(3), syn(1)])],
    ['a stream number that is the server’s', syn(2)],
    ['what is no SPDY', Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(10)).fill(0xff, 0, 1)],
  ])('%s: told so, and the connection ends', async (_what, bytes) => {
    const peer = new RawPeer(clientSocket);
    const streams: SpdyStream[] = [];
    const server = new SpdyConnection(serverSocket, { accept: () => true, onStream: (stream) => streams.push(stream) });
    clientSocket.write(bytes);
    await server.closed;
    await peer.until((frames) => frames.some((frame) => frame.type === 'GOAWAY' && frame.status === 1));
    expect(streams.every(({ destroyed }) => destroyed)).toBe(true);
    await peer.ended;
  });

  test('a reset ends the stream on the other side; the connection goes on', async () => {
    const served: SpdyStream[] = [];
    const { client } = connect((stream) => served.push(stream));
    const stream = client.open(named('a'));
    stream.write('x');
    await eventually(() => served.length === 1);
    stream.destroy();
    await eventually(() => served[0]?.destroyed === true);
    const next = client.open(named('b'));
    await eventually(() => served.length === 2);
    served[1]?.end('fine');
    served[1]?.resume();
    next.end();
    expect((await buffer(next)).toString()).toBe('fine');
  });

  test('when the transport breaks, every stream is destroyed, also one that nobody reads', async () => {
    const served: SpdyStream[] = [];
    const { client, server } = connect((stream) => served.push(stream));
    const writer = client.open(named('a'));
    for (let index = 0; index < 40; index += 1) writer.write(Buffer.alloc(65_536));
    await eventually(() => served.length === 1);
    serverSocket.destroy();
    await Promise.all([server.closed, client.closed]);
    expect([writer.destroyed, served[0]?.destroyed]).toEqual([true, true]);
  });

  test('more streams than there may be are refused', async () => {
    const peer = new RawPeer(clientSocket);
    new SpdyConnection(serverSocket, { accept: () => true, onStream: () => undefined });
    for (let id = 1; id <= 4_003; id += 2) peer.open(id);
    await peer.until((frames) => frames.some((frame) => frame.type === 'RST_STREAM' && frame.status === 3));
    expect(peer.frames.filter(({ type }) => type === 'SYN_REPLY')).toHaveLength(2_000);
  });

  test('what was read with the headers of the upgrade counts', async () => {
    const streams: SpdyStream[] = [];
    new SpdyConnection(serverSocket, { accept: () => true, onStream: (stream) => streams.push(stream) }, syn(1));
    await eventually(() => streams.length === 1);
  });

  test('runs over any byte stream', async () => {
    const [left, right] = duplexPair();
    new SpdyConnection(right, { accept: () => true, onStream: (stream) => stream.pipe(stream) });
    const stream = new SpdyConnection(left, { ...nothing, isClient: true }).open(named('x'));
    stream.end('there and back');
    expect((await buffer(stream)).toString()).toBe('there and back');
  });
});

/** The other end, frame by frame. */
class RawPeer {
  readonly frames: Frame[] = [];
  readonly ended: Promise<void>;
  readonly #socket: net.Socket;
  readonly #deflater = new HeaderDeflater();

  constructor(socket: net.Socket) {
    this.#socket = socket;
    const decoder = new FrameDecoder();
    socket.on('data', (chunk: Buffer) => this.frames.push(...decoder.push(chunk)));
    socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  send(frame: Exclude<Frame, { type: 'UNKNOWN' }>): void {
    this.#socket.write(encodeFrame(frame));
  }

  open(streamId: number, name = 'any'): void {
    this.#socket.write(syn(streamId, name, this.#deflater));
  }

  async until(condition: (frames: readonly Frame[]) => boolean): Promise<void> {
    await eventually(() => condition(this.frames));
  }
}

function syn(streamId: number, name = 'any', deflater = new HeaderDeflater()): Buffer {
  const headerBlock = deflater.deflate(encodeHeaders(named(name)));
  const plain = { associatedTo: 0, priority: 0, fin: false, unidirectional: false };
  return encodeFrame({ type: 'SYN_STREAM', streamId, ...plain, headerBlock });
}

function dataOf(frames: readonly Frame[], streamId: number): Buffer {
  return Buffer.concat(
    frames.flatMap((frame) => (frame.type === 'DATA' && frame.streamId === streamId ? [frame.data] : [])),
  );
}

function isEnded(frames: readonly Frame[], streamId: number): boolean {
  return frames.some((frame) => frame.type === 'DATA' && frame.streamId === streamId && frame.fin);
}

function credits(frames: readonly Frame[], streamId: number): number {
  return frames.reduce(
    (sum, frame) => sum + (frame.type === 'WINDOW_UPDATE' && frame.streamId === streamId ? frame.delta : 0),
    0,
  );
}

function digest(data: Buffer | undefined): string {
  return createHash('sha256')
    .update(data ?? '')
    .digest('hex');
}

function once(stream: Duplex, event: string): Promise<void> {
  return new Promise((resolve) => stream.once(event, () => resolve()));
}

/** Resolves when nothing of the stream has moved for a while. */
async function idle(stream: Duplex): Promise<void> {
  for (let quiet = 0, last = -1; quiet < 10;) {
    quiet = stream.writableLength === last ? quiet + 1 : 0;
    last = stream.writableLength;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function duplexPair(): [Duplex, Duplex] {
  const make = (): Duplex => new Duplex({ read: () => undefined });
  const [left, right] = [make(), make()];
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    from._write = (chunk: Buffer, _encoding, done) => {
      to.push(chunk);
      done();
    };
    from._final = (done) => {
      to.push(null);
      done();
    };
  }
  return [left, right];
}
