import { createServer, get } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Exchange } from '../../src/http/exchange';
import { sendParts } from '../../src/http/responder';

/** Serves what `answer` does, and answers what a client gets. */
async function answered(
  answer: (exchange: Exchange) => Promise<void>,
): Promise<{ body: string; length: string | undefined }> {
  const server = createServer((request, response) => void answer(new Exchange(request, response, 0)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return await new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ body, length: response.headers['content-length'] })).on('error', reject);
      }).on('error', reject);
    });
  } finally {
    server.close();
  }
}

test('others are served between the pieces of a body', async () => {
  const happened: string[] = [];
  function* pieces(): Generator<Buffer> {
    for (const name of ['a', 'b', 'c']) {
      happened.push(name);
      setImmediate(() => happened.push(`after ${name}`));
      yield Buffer.from(name);
    }
  }
  const around = (length: number) => [Buffer.from(`<${length}:`), Buffer.from('>')] as const;
  const answer = await answered((exchange) => sendParts(exchange, 200, 'text/plain', { pieces: pieces(), around }));
  expect(answer).toEqual({ body: '<3:abc>', length: '7' });
  expect(happened).toEqual(['a', 'after a', 'b', 'after b', 'c', 'after c']);
});
