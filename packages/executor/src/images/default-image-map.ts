import type { ImageMap, ImageProgram } from './image-map';

const NGINX_CONF = `user {{USER}};
worker_processes 1;
daemon off;
pid {{DIR}}/nginx.pid;
error_log stderr notice;
events { worker_connections 256; }
http {
  access_log /dev/stdout;
  client_body_temp_path {{DIR}}/client_body;
  proxy_temp_path {{DIR}}/proxy;
  fastcgi_temp_path {{DIR}}/fastcgi;
  uwsgi_temp_path {{DIR}}/uwsgi;
  scgi_temp_path {{DIR}}/scgi;
  default_type text/html;
  server {
    listen {{HOST_IP}}:{{PORT_80}};
    root {{DIR}};
    index index.html;
  }
}
`;

const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body><h1>Welcome to nginx!</h1><p>Served by {{POD_NAME}}.</p></body>
</html>
`;

/** Runs the built-in server of this package; see `image-server.ts`. */
function builtIn(kind: string, port: number, ...more: readonly string[]): ImageProgram {
  return {
    command: [
      '{{KM}}',
      '__serve',
      `--kind=${kind}`,
      '--address={{HOST_IP}}',
      `--port={{PORT_${port}}}`,
      '--image={{IMAGE}}',
      ...more,
    ],
    ports: [port],
  };
}

const nginx: readonly ImageProgram[] = [
  {
    program: 'nginx',
    command: ['nginx', '-e', 'stderr', '-p', '{{DIR}}', '-c', '{{DIR}}/nginx.conf'],
    ports: [80],
    files: { 'nginx.conf': NGINX_CONF, 'index.html': NGINX_PAGE },
  },
  builtIn('web', 80),
];

const redis: readonly ImageProgram[] = [
  {
    program: 'redis-server',
    command: ['redis-server'],
    args: ['--bind', '{{HOST_IP}}', '--port', '{{PORT_6379}}', '--dir', '{{DIR}}', '--protected-mode', 'no'],
    ports: [6379],
  },
  builtIn('redis', 6379),
];

/** A replica of the master that the service environment names, as the guestbook's image starts it. */
const redisReplica: readonly ImageProgram[] = [
  {
    program: 'redis-server',
    command: ['redis-server'],
    args: [
      ...['--bind', '{{HOST_IP}}', '--port', '{{PORT_6379}}', '--dir', '{{DIR}}', '--protected-mode', 'no'],
      ...['--replicaof', '{{env:REDISMASTER_SERVICE_HOST}}', '{{env:REDISMASTER_SERVICE_PORT}}'],
    ],
    ports: [6379],
  },
  builtIn('redis', 6379, '--upstream={{env:REDISMASTER_SERVICE_HOST}}:{{env:REDISMASTER_SERVICE_PORT}}'),
];

const mongo: readonly ImageProgram[] = [
  {
    program: 'mongod',
    command: ['mongod'],
    args: ['--bind_ip', '{{HOST_IP}}', '--port', '{{PORT_27017}}', '--dbpath', '{{DIR}}'],
    ports: [27017],
  },
  builtIn('web', 27017),
];

const shell: readonly ImageProgram[] = [{ command: ['sh'] }];
const pause: readonly ImageProgram[] = [{ command: ['sleep', '2147483647'] }];

/** What the process runtime knows without `--image_map`: the images of the examples. */
export const DEFAULT_IMAGE_MAP: ImageMap = new Map<string, readonly ImageProgram[]>([
  ['nginx', nginx],
  ['dockerfile/nginx', nginx],
  ['redis', redis],
  ['kubernetes/redis', redis],
  ['mesosphere/kubernetes', redisReplica],
  ['mongo', mongo],
  ['jdef/php-redis', [builtIn('guestbook', 80)]],
  ['kubernetes/example-guestbook-php-redis', [builtIn('guestbook', 80)]],
  ['busybox', shell],
  ['debian', shell],
  ['ubuntu', shell],
  ['alpine', shell],
  ['kubernetes/pause', pause],
  ['pause', pause],
  ['registry.k8s.io/pause', pause],
  ['k8s.gcr.io/pause', pause],
  ['gcr.io/google_containers/pause', pause],
]);
