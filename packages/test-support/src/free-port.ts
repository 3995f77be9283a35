import { createServer } from 'node:net';

/**
 * A TCP port on `host` that was free a moment ago. Prefer listening on port 0 yourself; this is for programs that must
 * be told a number.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  return new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('the listener has no port'));
        else resolve(address.port);
      });
    });
  });
}
