import { errorMessage, type HealthCheck } from '@kubernetes-mesos/component-base';
import type { Express, Request, Response } from 'express';

/** The three questions: broken, alive, ready to serve. */
export interface HealthChecks {
  readonly healthz: readonly HealthCheck[];
  readonly livez: readonly HealthCheck[];
  readonly readyz: readonly HealthCheck[];
}

const TEXT = 'text/plain; charset=utf-8';

/**
 * `/healthz`, `/livez`, `/readyz`: `ok`, or 500 and a line for every check; `?verbose` always lists them, `?exclude=NAME`
 * leaves one out, `/healthz/NAME` asks one alone.
 */
export function addHealthRoutes(app: Express, checks: HealthChecks): void {
  for (const [name, list] of Object.entries(checks) as [string, readonly HealthCheck[]][]) {
    app.all(`/${name}`, (request, response) => answerAll(name, list, request, response));
    for (const check of list) {
      app.all(`/${name}/${check.name}`, (request, response) => answerAll(name, [check], request, response));
    }
  }
}

export const pingCheck: HealthCheck = { name: 'ping', check: async () => ({ healthy: true, message: 'ok' }) };

async function answerAll(
  name: string,
  checks: readonly HealthCheck[],
  request: Request,
  response: Response,
): Promise<void> {
  const excluded = new Set([request.query['exclude']].flat().map(String));
  const results = await Promise.all(checks.filter((check) => !excluded.has(check.name)).map(run));
  const isHealthy = results.every((result) => result.healthy);
  response.status(isHealthy ? 200 : 500).setHeader('Content-Type', TEXT);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (isHealthy && request.query['verbose'] === undefined) {
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
