import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { SpdyConnection } from '../src/streaming/spdy/spdy-connection';
import type { SpdyStream } from '../src/streaming/spdy/spdy-stream';
import { startExecutor, store, testPod, type ExecutorFixture } from './support/executor-fixture';
import { soon } from './support/soon';

describe('exec, attach and port-forward', () => {
  let fixture: ExecutorFixture;
  let base: string;
  let server: http.Server;
  let serverPort: number;
  beforeAll(async () => {
    server = http.createServer((_request, response) => response.end('from the pod'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    serverPort = (server.address() as { port: number }).port;
    fixture = await startExecutor();
    const pod = testPod('s', {
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: 'c',
          image: 'busybox',
          stdin: true,
          command: ['sh', '-c', 'while read line; do echo "got $line"; done; exec sleep 60'],
          ports: [{ containerPort: 80, hostPort: serverPort }],
        },
      ],
    });
    store(fixture.api, pod);
    fixture.agent.launch('pod.s', pod);
    await soon(() => expect(fixture.agent.statesOf('pod.s')).toHaveLength(2));
    await soon(() => expect(fixture.api.get('/nodes/node-1')?.status?.['daemonEndpoints']).toBeDefined());
    const endpoints = fixture.api.get('/nodes/node-1')?.status?.['daemonEndpoints'] as {
      kubeletEndpoint: { Port: number };
    };
    base = `ws://127.0.0.1:${endpoints.kubeletEndpoint.Port}`;
  });
  afterAll(async () => {
    server.close();
    await fixture.stop();
  });

  /** Everything received, by channel, until the server closes; `onOpen` may write. */
  const talk = (
    path: string,
    protocol: string,
    onOpen: (socket: WebSocket) => void = () => undefined,
  ): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(base + path, protocol);
      const received: string[] = [];
      socket.on('error', reject);
      socket.on('open', () => onOpen(socket));
      socket.on('message', (raw: Buffer) => {
        const channel = raw[0] ?? 0;
        received[channel] = (received[channel] ?? '') + raw.subarray(1).toString();
      });
      socket.on('close', () => resolve(received));
    });
  /** Upgrades as `kubectl` does; the connection and the protocol that was agreed on. */
  const upgrade = (
    path: string,
    protocols: readonly string[],
  ): Promise<{ connection: SpdyConnection; protocol: string | undefined }> =>
    new Promise((resolve, reject) => {
      const request = http.request(base.replace('ws:', 'http:') + path, {
        method: 'POST',
        headers: { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': [...protocols] },
      });
      request.once('upgrade', (answer, socket, head) => {
        const options = { accept: () => false, onStream: () => undefined, isClient: true };
        const connection = new SpdyConnection(socket, options, head);
        resolve({ connection, protocol: answer.headers['x-stream-protocol-version']?.toString() });
      });
      request.once('response', (answer) => {
        void buffer(answer).then((body) => reject(new Error(`${answer.statusCode} ${body.toString()}`)));
      });
      request.once('error', reject);
      request.end();
    });
  const open = (connection: SpdyConnection, streamtype: string, more: Record<string, string> = {}): SpdyStream =>
    connection.open(new Map(Object.entries({ streamtype, ...more })));
  const textOf = async (stream: SpdyStream): Promise<string> => (await buffer(stream)).toString();
  const command = (...words: string[]): string => words.map((word) => `command=${encodeURIComponent(word)}`).join('&');

  test('exec: both outputs, and the exit code as a Status', async () => {
    const path = `/exec/default/s/c?output=1&error=1&${command('sh', '-c', 'echo out; echo err >&2; exit 5')}`;
    const [, stdout, stderr, status] = await talk(path, 'v4.channel.k8s.io');
    expect([stdout, stderr]).toEqual(['out\n', 'err\n']);
    expect(JSON.parse(status ?? '')).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '5' }] },
    });
  });

  test('exec: v5 closes the standard input', async () => {
    const [, stdout, , status] = await talk(
      `/exec/default/s/c?input=1&output=1&${command('cat')}`,
      'v5.channel.k8s.io',
      (socket) => {
        socket.send(Buffer.from('\0hello'));
        socket.send(Buffer.from([255, 0]));
      },
    );
    expect(stdout).toBe('hello');
    expect(JSON.parse(status ?? '')).toEqual({ metadata: {}, status: 'Success' });
  });

  test('attach: what is written reaches the process, what it writes comes back', async () => {
    const output = await new Promise<string>((resolve, reject) => {
      const socket = new WebSocket(`${base}/attach/default/s/c?input=1&output=1`, 'v4.channel.k8s.io');
      socket.on('error', reject);
      socket.on('open', () => socket.send(Buffer.from('\0word\n')));
      socket.on('message', (raw: Buffer) => {
        if (raw[0] !== 1 || raw.length === 1) return;
        resolve(raw.subarray(1).toString());
        socket.close();
      });
    });
    expect(output).toBe('got word\n');
  });

  test('port-forward: a data and an error channel a port', async () => {
    const received = await talk('/portForward/default/s?port=80', 'v4.channel.k8s.io', (socket) =>
      socket.send(Buffer.from('\0GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')),
    );
    expect(received[0]?.slice(2)).toContain('from the pod');
    expect(Buffer.from(received[0]?.slice(0, 2) ?? '', 'latin1')).toHaveLength(2);
  });

  test('exec over SPDY: outputs, the exit code as a Status, standard input to its end', async () => {
    const script = 'cat; echo err >&2; exit 5';
    const { connection, protocol } = await upgrade(
      `/exec/default/s/c?input=1&output=1&error=1&${command('sh', '-c', script)}`,
      ['v9.channel.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io'],
    );
    expect(protocol).toBe('v4.channel.k8s.io');
    const [error, stdin, stdout, stderr] = ['error', 'stdin', 'stdout', 'stderr'].map((type) => open(connection, type));
    stdin!.end('typed');
    expect(await Promise.all([stdout!, stderr!].map(textOf))).toEqual(['typed', 'err\n']);
    expect(JSON.parse(await textOf(error!))).toMatchObject({
      status: 'Failure',
      message: 'command terminated with non-zero exit code: exit status 5',
      reason: 'NonZeroExitCode',
    });
    await connection.close(0);
  });

  test('exec over SPDY as in 2015: no protocol named, an error in words, nothing for success', async () => {
    const path = `/exec/default/s/c?output=1&${command('sh', '-c', 'echo out; exit 5')}`;
    const { connection, protocol } = await upgrade(path, []);
    expect(protocol).toBeUndefined();
    const [error, stdout] = ['error', 'stdout'].map((type) => open(connection, type));
    expect(await textOf(stdout!)).toBe('out\n');
    expect(await textOf(error!)).toBe('command terminated with non-zero exit code: exit status 5');
    await connection.close(0);
  });

  test('a protocol that is not served is refused, with those that are', async () => {
    const path = `/exec/default/s/c?output=1&${command('true')}`;
    await expect(upgrade(path, ['v9.channel.k8s.io'])).rejects.toThrow(
      '403 unable to upgrade: unable to negotiate protocol: client supports [v9.channel.k8s.io], server accepts [v4.channel.k8s.io v3.channel.k8s.io v2.channel.k8s.io channel.k8s.io]',
    );
    await expect(upgrade(path.replace('output=1&', ''), [])).rejects.toThrow(
      '400 you must specify at least 1 of stdin, stdout, stderr',
    );
  });

  test('a terminal has the size that the client says, and says it again when it changes', async () => {
    const script = 'while [ "$(stty size)" != "33 101" ]; do sleep 0.05; done; stty size; read a; stty size';
    const { connection } = await upgrade(
      `/exec/default/s/c?input=1&output=1&error=1&tty=1&${command('sh', '-c', script)}`,
      ['v4.channel.k8s.io'],
    );
    const [error, stdin, stdout, resize] = ['error', 'stdin', 'stdout', 'resize'].map((type) => open(connection, type));
    resize!.write('{"Width":101,"Height":33}\n');
    let shown = '';
    stdout!.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    await soon(() => expect(shown).toContain('33 101'));
    stdin!.write('typed\n');
    expect(JSON.parse(await textOf(error!))).toMatchObject({ status: 'Success' });
    expect(shown).toContain('typed');
    await connection.close(0);
  });

  test('port-forward over SPDY: connections at once, each a pair of streams; a closed port is told in words', async () => {
    const { connection, protocol } = await upgrade('/portForward/default/s', ['portforward.k8s.io']);
    expect(protocol).toBe('portforward.k8s.io');
    await forwardTwice(connection);
  });

  test('port-forward over SPDY in a WebSocket', async () => {
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      'Sec-WebSocket-Protocol': 'SPDY/3.1+portforward.k8s.io',
    };
    const request = http.get(`${base.replace('ws:', 'http:')}/portForward/default/s`, { headers });
    const { answer, socket } = await new Promise<{ answer: http.IncomingMessage; socket: Duplex }>(
      (resolve, reject) => {
        request.once('upgrade', (answer, socket) => resolve({ answer, socket }));
        request.once('error', reject);
      },
    );
    expect(answer.headers['sec-websocket-protocol']).toBe('SPDY/3.1+portforward.k8s.io');
    const options = { accept: () => false, onStream: () => undefined, isClient: true };
    await forwardTwice(new SpdyConnection(binaryMessages(socket), options));
    socket.destroy();
  });

  const forwardTwice = async (connection: SpdyConnection): Promise<void> => {
    const pair = (requestid: string, port: string) => {
      const [error, data] = ['error', 'data'].map((type) => open(connection, type, { requestid, port }));
      error!.end();
      return { error: error!, data: data! };
    };
    const pairs = ['0', '1', '2'].map((id) => pair(id, '80'));
    for (const { data } of pairs) data.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    for (const { data, error } of pairs) {
      expect(await textOf(data)).toContain('from the pod');
      expect(await textOf(error)).toBe('');
    }
    const closed = pair('3', '1');
    expect(await textOf(closed.error)).toMatch(
      /^error forwarding port 1 to pod s, uid .+: dial tcp 127\.0\.0\.1:1: connect: connection refused$/,
    );
    expect(await textOf(closed.data)).toBe('');
    await connection.close(0);
  };

  /** An exec that goes on until somebody ends it, once it has said its number to the host. */
  const startSleeping = async (pod = 's', tty = false): Promise<{ connection: SpdyConnection; mark: string }> => {
    const mark = `km-sleeper-${process.pid}-${(sleepers += 1)}`;
    const script = `MARK=${mark} sleep 600 & echo ready; wait`;
    const flags = tty ? 'output=1&tty=1' : 'output=1';
    const { connection } = await upgrade(`/exec/default/${pod}/c?${flags}&${command('sh', '-c', script)}`, [
      'v4.channel.k8s.io',
    ]);
    const types = tty ? ['error', 'stdout', 'resize'] : ['error', 'stdout'];
    const [, stdout] = types.map((type) => open(connection, type));
    await new Promise<void>((resolve) => stdout!.once('data', () => resolve()));
    await soon(async () => expect(await running(mark)).toBe(true));
    return { connection, mark };
  };
  let sleepers = 0;

  test.each([false, true])('a command ends when its client leaves, terminal: %s', async (tty) => {
    const { connection, mark } = await startSleeping('s', tty);
    await connection.close(0);
    await soon(async () => expect(await running(mark)).toBe(false));
  });

  test('streams end with their pod', async () => {
    const pod = testPod('brief', { terminationGracePeriodSeconds: 1, containers: [sleeper] });
    store(fixture.api, pod);
    fixture.agent.launch('pod.brief', pod);
    await soon(() => expect(fixture.agent.statesOf('pod.brief')).toHaveLength(2));
    const { connection, mark } = await startSleeping('brief');
    const attached = await upgrade('/attach/default/brief/c?output=1', ['v4.channel.k8s.io']);
    const [error, stdout] = ['error', 'stdout'].map((type) => open(attached.connection, type));
    const forwarding = await upgrade('/portForward/default/brief', ['portforward.k8s.io']);
    const channels = talk('/portForward/default/brief?port=1', 'v4.channel.k8s.io');
    fixture.agent.kill('pod.brief');
    await Promise.all([forwarding.connection.closed, channels]);
    expect(await textOf(stdout!)).toBe('');
    expect(JSON.parse(await textOf(error!))).toEqual({ metadata: {}, status: 'Success' });
    await soon(async () => expect(await running(mark)).toBe(false));
    await Promise.all([connection.close(0), attached.connection.close(0)]);
  });

  test('what is not there is refused before the upgrade', async () => {
    await expect(talk('/exec/default/s/nope?command=true', 'v4.channel.k8s.io')).rejects.toThrow('500');
    await expect(talk('/exec/default/other/c?command=true', 'v4.channel.k8s.io')).rejects.toThrow('404');
  });
});

describe('the end of an executor', () => {
  test('its streams end with it', async () => {
    const fixture = await startExecutor();
    const pod = testPod('s', { terminationGracePeriodSeconds: 1, containers: [sleeper] });
    store(fixture.api, pod);
    fixture.agent.launch('pod.s', pod);
    await soon(() => expect(fixture.agent.statesOf('pod.s')).toHaveLength(2));
    await soon(() => expect(fixture.api.get('/nodes/node-1')?.status?.['daemonEndpoints']).toBeDefined());
    const endpoints = fixture.api.get('/nodes/node-1')?.status?.['daemonEndpoints'] as {
      kubeletEndpoint: { Port: number };
    };
    const headers = { Connection: 'Upgrade', Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': 'portforward.k8s.io' };
    const request = http.get(`http://127.0.0.1:${endpoints.kubeletEndpoint.Port}/portForward/default/s`, { headers });
    const socket = await new Promise<Duplex>((resolve) => request.once('upgrade', (_answer, each) => resolve(each)));
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.resume();
    await fixture.stop();
    await ended;
  });
});

/** Whether a process carries a mark in its environment. */
async function running(mark: string): Promise<boolean> {
  const entries = await readdir('/proc');
  const environments = await Promise.all(
    entries
      .filter((entry) => /^\d+$/.test(entry))
      .map((entry) => readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '')),
  );
  return environments.some((environment) => environment.split('\0').includes(`MARK=${mark}`));
}

const sleeper = { name: 'c', image: 'busybox', command: ['sleep', '600'] };

/** The bytes in the binary messages of a WebSocket, as a client: no library lets one offer a protocol with a slash. */
function binaryMessages(socket: Duplex): Duplex {
  let rest = Buffer.alloc(0);
  const messages = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      const head = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
      head.writeUInt32BE(chunk.length, 6);
      socket.write(Buffer.concat([head, chunk]), done);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const short = (rest[1] ?? 0) & 0x7f;
      const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (rest.length < headBytes) return;
      const length = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : rest.readUInt32BE(6);
      if (rest.length < headBytes + length) return;
      if (rest[0] === 0x82) messages.push(rest.subarray(headBytes, headBytes + length));
      rest = rest.subarray(headBytes + length);
    }
  });
  socket.once('close', () => messages.push(null));
  return messages;
}
