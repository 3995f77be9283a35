import { Agent, get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { Dispatcher } from '../../src/http/dispatcher';
import { DEFAULT_LIMITS } from '../../src/http/limits';
import { startListener } from '../../src/http/listeners';

/** Longer than any test may take. */
const LONG_MS = 1_000_000;

test('closing does not wait for connections that are kept after the last answer', async () => {
  const answers: (() => void)[] = [];
  const dispatcher: Pick<Dispatcher, 'onRequest' | 'onUpgrade'> = {
    onRequest: (_request, response) => {
      response.writeHead(200);
      response.write('begun');
      answers.push(() => response.end());
    },
    onUpgrade: (_request, socket) => socket.destroy(),
  };
  const listener = await startListener({ address: '127.0.0.1', port: 0, dispatcher, limits: DEFAULT_LIMITS });
  const agent = new Agent({ keepAlive: true });
  const request = get({ agent, port: listener.port, host: '127.0.0.1' });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  await once(answer, 'data');
  const closed = listener.close(LONG_MS);
  for (const end of answers) end();
  await once(answer.resume(), 'end');
  await closed;
  agent.destroy();
});
