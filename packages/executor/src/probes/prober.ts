import http2 from 'node:http2';
import net from 'node:net';
import { errorMessage } from '@kubernetes-mesos/component-base';
import type { Container, ProbeHandler } from '../api/core-v1';
import type { ContainerRuntime } from '../runtime/runtime';
import { runInContainer } from '../runtime/run-in-container';
import { httpGet } from './http-get';

export interface ProbeTarget {
  readonly podUid: string;
  readonly container: Container;
  readonly containerId: string;
}

export interface ProbeAnswer {
  readonly success: boolean;
  /** In the words of the Unhealthy event. */
  readonly output: string;
}

/** Asks one probe once; an answer that does not come in time is a failure. */
export async function ask(
  runtime: ContainerRuntime,
  handler: ProbeHandler,
  target: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeAnswer> {
  try {
    if (handler.httpGet !== undefined) {
      const { port, host } = handler.httpGet;
      const address = await addressOf(runtime, target, port, host);
      const { status } = await httpGet(handler.httpGet, address, timeoutMs);
      const success = status >= 200 && status < 400;
      return { success, output: success ? '' : `HTTP probe failed with statuscode: ${status}` };
    }
    if (handler.tcpSocket !== undefined) {
      const { port, host } = handler.tcpSocket;
      await connect(await addressOf(runtime, target, port, host), timeoutMs);
      return { success: true, output: '' };
    }
    if (handler.grpc !== undefined) {
      const address = await addressOf(runtime, target, handler.grpc.port, undefined);
      return await grpcHealth(address, handler.grpc.service ?? '', timeoutMs);
    }
    const command = handler.exec?.command ?? [];
    if (command.length === 0) return { success: true, output: '' };
    const { exitCode, output } = await runInContainer(runtime, target.containerId, command, timeoutMs);
    return { success: exitCode === 0, output };
  } catch (error) {
    return { success: false, output: errorMessage(error) };
  }
}

/** A port by number or by its name in the container's spec. */
export function portNumber(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  const named = container.ports?.find(({ name }) => name === port);
  if (named === undefined)
    throw new Error(`couldn't find port: ${JSON.stringify(port)} in container ${container.name}`);
  return named.containerPort;
}

async function addressOf(
  runtime: ContainerRuntime,
  target: ProbeTarget,
  port: number | string,
  host: string | undefined,
): Promise<{ readonly host: string; readonly port: number }> {
  const number = portNumber(target.container, port);
  if (host !== undefined && host !== '') return { host, port: number };
  return runtime.address(target.podUid, number);
}

function connect(address: { readonly host: string; readonly port: number }, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ ...address, timeout: timeoutMs });
    const end = (error?: Error): void => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.once('connect', () => end());
    socket.once('timeout', () => end(new Error(`dial tcp ${address.host}:${address.port}: i/o timeout`)));
    socket.once('error', end);
  });
}

const SERVING = 1;

/** `grpc.health.v1.Health/Check` over plain HTTP/2; the two messages are small enough to be written by hand. */
function grpcHealth(
  address: { readonly host: string; readonly port: number },
  service: string,
  timeoutMs: number,
): Promise<ProbeAnswer> {
  const name = Buffer.from(service, 'utf8');
  if (name.length > 127) return Promise.reject(new Error('the gRPC service name is longer than 127 bytes'));
  const message = name.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
  return new Promise((resolve, reject) => {
    const session = http2.connect(`http://${address.host}:${address.port}`);
    const timer = setTimeout(() => fail(new Error('timeout: health rpc did not complete in time')), timeoutMs);
    const finish = (answer: ProbeAnswer): void => {
      clearTimeout(timer);
      session.destroy();
      resolve(answer);
    };
    const fail = (error: Error): void => {
      clearTimeout(timer);
      session.destroy();
      reject(error);
    };
    session.once('error', fail);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    let grpcStatus = '';
    stream.once('error', fail);
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on(
      'trailers',
      (trailers: http2.IncomingHttpHeaders) => (grpcStatus = String(trailers['grpc-status'] ?? '')),
    );
    stream.once('end', () => {
      const body = Buffer.concat(chunks);
      const serving = body.length >= 7 && body[5] === 0x08 && body[6] === SERVING;
      if (grpcStatus !== '' && grpcStatus !== '0') {
        finish({ success: false, output: `health rpc failed with status ${grpcStatus}` });
      } else {
        finish({ success: serving, output: serving ? '' : 'service unhealthy (responded with "NOT_SERVING")' });
      }
    });
    stream.end(frame);
  });
}
