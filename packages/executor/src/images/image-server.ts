import { createServer } from 'node:http';
import type { Server } from 'node:net';
import { defineRole, listen, UsageError, errorMessage } from '@kubernetes-mesos/component-base';
import { guestbook } from './guestbook-page';
import { createRedisServer } from './redis-server';

/**
 * `km __serve`: what the process runtime runs for an image whose program is not installed. Internal: `km` starts it, users
 * do not.
 */
export const imageServer = defineRole({
  name: '__serve',
  summary: 'Stands in for an image whose program is not installed.',
  description: 'Started by the process runtime of km executor.',
  flags: {
    kind: { type: 'string', default: 'web', usage: 'web, guestbook or redis' },
    address: { type: 'string', default: '127.0.0.1', usage: 'IP to listen on' },
    port: { type: 'int', default: 0, min: 0, max: 65_535, usage: 'port to listen on' },
    image: { type: 'string', default: '', usage: 'image that is stood in for' },
    upstream: { type: 'string', default: '', usage: 'redis: host:port that every connection is handed on to' },
  },
  async run(values, context) {
    const server = serverOf(values.kind, values.image, values.upstream);
    await listen(server, values.address, values.port);
    context.logger.info('serving', {
      image: values.image,
      kind: values.kind,
      address: `${values.address}:${values.port}`,
    });
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      else context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    server.close();
  },
});

function serverOf(kind: string, image: string, upstream: string): Server {
  switch (kind) {
    case 'web':
      return createServer((request, response) => {
        process.stdout.write(`${new Date().toISOString()} ${request.method ?? ''} ${request.url ?? ''}\n`);
        response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
        response.end(
          `This is pod ${process.env['HOSTNAME'] ?? ''}.\n` +
            `Its image ${image} is not installed on this host; km answers in its place.\n`,
        );
      });
    case 'guestbook':
      return createServer((request, response) => {
        guestbook(request, response).catch((error: unknown) => {
          response.writeHead(500).end(errorMessage(error));
        });
      });
    case 'redis': {
      const match = /^([^:]+):(\d+)$/.exec(upstream);
      return createRedisServer(match === null ? undefined : { host: match[1] ?? '', port: Number(match[2]) });
    }
    default:
      throw new UsageError(`--kind: unknown value ${JSON.stringify(kind)}`);
  }
}
