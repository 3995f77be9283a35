import http from 'node:http';
import { WebSocket } from 'ws';
import { startExecutor, store, testPod, type ExecutorFixture } from './support/executor-fixture';
import { soon } from './support/soon';

describe('exec, attach and port-forward over WebSocket', () => {
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
        if (raw[0] !== 1) return;
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

  test('what is not there is refused before the upgrade', async () => {
    await expect(talk('/exec/default/s/nope?command=true', 'v4.channel.k8s.io')).rejects.toThrow('404');
    await expect(talk('/exec/default/other/c?command=true', 'v4.channel.k8s.io')).rejects.toThrow('404');
  });
});
