import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { Keepalive } from '../src/http2/keepalive';

const open: { destroy(): void }[] = [];
afterEach(() => open.splice(0).forEach((each) => each.destroy()));

/** Two ends of a connection. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const far = await accepted;
  server.close();
  open.push(near, far);
  return [near, far];
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('an answer that waits unread behind a long turn of the event loop is an answer', async () => {
  const [near, far] = await pair();
  let probes = 0;
  const outcome = await new Promise<string>((resolve) => {
    const keepalive = new Keepalive(
      { timeMs: 5, timeoutMs: 10 },
      {
        isInUse: () => true,
        probe: () => {
          probes += 1;
          if (probes === 3) resolve('alive');
          setImmediate(() => {
            far.write('x');
            block(50);
          });
        },
        dead: () => resolve('dead'),
      },
    );
    near.on('data', () => keepalive.heard());
    open.push({ destroy: () => keepalive.stop() });
  });
  expect(outcome).toBe('alive');
});

test('without an answer the peer is dead, once', async () => {
  let dead = 0;
  let probes = 0;
  await new Promise<void>((resolve) => {
    const keepalive = new Keepalive(
      { timeMs: 5, timeoutMs: 5 },
      {
        isInUse: () => true,
        probe: () => (probes += 1),
        dead: () => {
          dead += 1;
          setTimeout(resolve, 50);
        },
      },
    );
    open.push({ destroy: () => keepalive.stop() });
  });
  expect([probes, dead]).toEqual([1, 1]);
});
