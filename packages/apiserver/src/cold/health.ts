import { errorMessage, type HealthCheck } from '@kubernetes-mesos/component-base';
import type { Exchange } from '../http/exchange';

/** The three questions: broken, alive, ready to serve. */
export interface HealthChecks {
  readonly healthz: readonly HealthCheck[];
  readonly livez: readonly HealthCheck[];
  readonly readyz: readonly HealthCheck[];
}

const TEXT = 'text/plain; charset=utf-8';

export const pingCheck: HealthCheck = { name: 'ping', check: async () => ({ healthy: true, message: 'ok' }) };

/**
 * `/healthz`, `/livez`, `/readyz`: `ok`, or 500 and a line for every check; `?verbose` always lists them, `?exclude=NAME`
 * leaves one out, `/healthz/NAME` asks one alone. What serves each, by path.
 */
export function healthRoutes(checks: HealthChecks): ReadonlyMap<string, (exchange: Exchange) => Promise<void>> {
  const routes = new Map<string, (exchange: Exchange) => Promise<void>>();
  for (const [name, list] of Object.entries(checks) as [string, readonly HealthCheck[]][]) {
    routes.set(`/${name}`, (exchange) => answerAll(name, list, exchange));
    for (const check of list) {
      routes.set(`/${name}/${check.name}`, (exchange) => answerAll(name, [check], exchange));
    }
  }
  return routes;
}

async function answerAll(name: string, checks: readonly HealthCheck[], exchange: Exchange): Promise<void> {
  const { query, response } = exchange;
  const excluded = new Set(query.getAll('exclude'));
  const results = await Promise.all(checks.filter((check) => !excluded.has(check.name)).map(run));
  const isHealthy = results.every((result) => result.healthy);
  if (exchange.isAnswered) return;
  response.writeHead(isHealthy ? 200 : 500, { 'Content-Type': TEXT, 'X-Content-Type-Options': 'nosniff' });
  if (isHealthy && !query.has('verbose')) {
    response.end('ok');
    return;
  }
  const lines = results.map(
    (result) =>
      `[${result.healthy ? '+' : '-'}]${result.name} ${result.healthy ? 'ok' : `failed: ${result.message}`}\n`,
  );
  response.end(`${lines.join('')}${name} check ${isHealthy ? 'passed' : 'failed'}\n`);
}

async function run(check: HealthCheck): Promise<{ name: string; healthy: boolean; message: string }> {
  try {
    return { name: check.name, ...(await check.check()) };
  } catch (error) {
    return { name: check.name, healthy: false, message: errorMessage(error) };
  }
}
