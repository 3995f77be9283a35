import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorMessage } from '@kubernetes-mesos/component-base';
import { redisCall } from './redis-server';

const REDIS_TIMEOUT_MS = 3_000;

/**
 * The front end of the guestbook example: a page, and `guestbook.php?cmd=set|get&key=...&value=...` over the Redis master
 * that the service environment names.
 */
export async function guestbook(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://guestbook');
  if (url.pathname === '/' || url.pathname === '/index.html') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
    return;
  }
  if (url.pathname !== '/guestbook.php' && url.pathname !== '/index.php') {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    return;
  }
  const host = process.env['REDISMASTER_SERVICE_HOST'] ?? '';
  const port = Number(process.env['REDISMASTER_SERVICE_PORT'] ?? '6379');
  const key = url.searchParams.get('key') ?? 'messages';
  try {
    if (host === '') throw new Error('REDISMASTER_SERVICE_HOST is not set: no service redismaster');
    if (url.searchParams.get('cmd') === 'set') {
      await redisCall({ host, port }, ['SET', key, url.searchParams.get('value') ?? ''], REDIS_TIMEOUT_MS);
      json(response, 200, { message: 'Updated' });
    } else {
      json(response, 200, { data: (await redisCall({ host, port }, ['GET', key], REDIS_TIMEOUT_MS)) ?? '' });
    }
  } catch (error) {
    json(response, 502, { error: errorMessage(error) });
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const PAGE = `<!DOCTYPE html>
<html>
<head><title>Guestbook</title></head>
<body>
<h1>Guestbook</h1>
<form id="form"><input id="entry" size="50"> <button>Submit</button></form>
<pre id="messages"></pre>
<script>
const show = (data) => { document.getElementById('messages').textContent = data.split(',').join('\\n'); };
const load = () => fetch('guestbook.php?cmd=get&key=messages').then((r) => r.json()).then((b) => b.data ?? b.error ?? '');
load().then(show);
document.getElementById('form').onsubmit = async (event) => {
  event.preventDefault();
  const data = (await load()) + ',' + document.getElementById('entry').value;
  await fetch('guestbook.php?cmd=set&key=messages&value=' + encodeURIComponent(data));
  show(data);
};
</script>
</body>
</html>
`;
