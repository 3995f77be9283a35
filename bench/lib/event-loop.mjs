import { Connection } from './http-client.mjs';

/** p99 of the event loop's delay and the longest collections of garbage, ms, as the server's own `/metrics` tells them. */
export async function eventLoopDelay(server) {
  const connection = await Connection.open(server.target);
  const { status, body } = await connection.request('GET', '/metrics');
  connection.close();
  if (status !== 200) throw new Error(`/metrics answered ${status}`);
  const text = body.toString();
  const seconds = (name) => Number(new RegExp(`^${name} ([0-9.e+-]+)$`, 'm').exec(text)?.[1]);
  const p99 = seconds('nodejs_eventloop_lag_p99_seconds') * 1000;
  if (!(p99 >= 0)) throw new Error('/metrics does not tell the delay of the event loop');
  return { p99 };
}
