// How long a server takes to end, with clients connected, and to be ready again with all that is stored.
import { Connection } from '../lib/http-client.mjs';
import { PODS } from '../lib/pod.mjs';

const WATCHERS = 20;

/** Seconds from SIGTERM to the end of the process, while watches and idle connections are open. */
export async function terminate(server) {
  const connections = await Promise.all(
    Array.from({ length: WATCHERS }, async () => {
      const connection = await Connection.open(server.target);
      await connection.stream(`${PODS}?watch=true`, () => undefined);
      return connection;
    }),
  );
  const idle = await Connection.open(server.target);
  await idle.request('GET', '/version');
  const seconds = await server.terminate();
  for (const connection of [...connections, idle]) connection.close();
  return { seconds };
}

export async function startAgain(server) {
  return { seconds: await server.startServer() };
}
