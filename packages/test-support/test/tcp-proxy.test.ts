import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { eventually, TcpProxy } from '@kubernetes-mesos/test-support';

let echo: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await TcpProxy.start({ port: (echo.address() as AddressInfo).port });
});

afterEach(async () => {
  clients.splice(0).forEach((client) => client.destroy());
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

function client(): { socket: Socket; received: () => string; closed: () => boolean } {
  const socket = connect(proxy.port, '127.0.0.1');
  clients.push(socket);
  let received = '';
  let closed = false;
  socket.on('data', (chunk) => (received += chunk.toString('utf8')));
  socket.on('error', () => undefined);
  socket.on('close', () => (closed = true));
  return { socket, received: () => received, closed: () => closed };
}

test('forwards both ways, and cuts', async () => {
  const one = client();
  one.socket.write('hello');
  await eventually(() => one.received() === 'hello');
  proxy.cut();
  await eventually(() => one.closed());
  expect(proxy.connections).toBe(0);
  const two = client();
  two.socket.write('again');
  await eventually(() => two.received() === 'again');
});

test('a paused direction holds bytes back and loses none', async () => {
  const one = client();
  one.socket.write('a');
  await eventually(() => one.received() === 'a');
  proxy.pause('toClient');
  one.socket.write('b');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(one.received()).toBe('a');
  proxy.resume();
  await eventually(() => one.received() === 'ab');
});

test('refuses until it accepts again', async () => {
  proxy.refuse();
  const one = client();
  await eventually(() => one.closed());
  proxy.accept();
  const two = client();
  two.socket.write('x');
  await eventually(() => two.received() === 'x');
});
