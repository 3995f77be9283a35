import { createServer, type RequestListener, type Server } from 'node:http';
import { ETCD_VERSION } from './member-services';

/** What etcd answers over plain HTTP on its client port: `/health` and `/version`. */
export function httpServer(): Server {
  return createServer(respond);
}

const BODIES: Readonly<Record<string, string>> = {
  '/health': JSON.stringify({ health: 'true' }),
  '/version': JSON.stringify({
    etcdserver: ETCD_VERSION,
    etcdcluster: ETCD_VERSION.replace(/\d+$/, '0'),
  }),
};

const respond: RequestListener = (request, response) => {
  const body = BODIES[new URL(request.url ?? '/', 'http://etcd').pathname];
  if (body === undefined) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET' }).end('Method Not Allowed\n');
  } else {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(request.method === 'HEAD' ? undefined : body);
  }
};
