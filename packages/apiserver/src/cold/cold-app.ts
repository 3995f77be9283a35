import express, { type Express, type RequestHandler } from 'express';
import { Gauge, type Registry } from 'prom-client';
import { methodNotAllowed, StatusError, unknownResource } from '@kubernetes-mesos/api-types';
import { apiVersions, groupAnswer, groupList, type ApiGroup } from '../discovery/groups';
import type { DiscoveredVersion } from '../discovery/resource-list';
import { SERVER_VERSION } from '../discovery/version';
import { redirect } from '../http/redirect';
import type { HealthChecks } from './health';
import { addLogRoutes } from './logs';

/** Everything outside the API versions but health, which is listed only. */
export interface ColdOptions {
  readonly health: HealthChecks;
  readonly metrics: Registry;
  /** Core versions as `/api` lists them, the one for today's clients first. */
  readonly coreVersions: readonly string[];
  readonly groups: readonly ApiGroup[];
  /** What the documents of the API describe: the versions of resources, but none of the older ones. */
  readonly described: readonly DiscoveredVersion[];
  /** `host:port` that `/api` tells clients to use. */
  readonly serverAddress: () => string;
  /** `/validate`: state of the parts of the cluster, as release 0.14 tells it. */
  readonly validate: () => Promise<object>;
  /** Served at `/logs/`; absent: not served. */
  readonly logDir?: string;
  /** Further paths: OpenAPI documents, the older API's swagger, the web interface. */
  readonly extensions: readonly ColdExtension[];
}

/** Adds routes, and says under which paths they are found. */
export interface ColdExtension {
  readonly paths: readonly string[];
  add(app: Express, described: readonly DiscoveredVersion[]): void;
}

const UI_SERVICE = '/api/v1/proxy/namespaces/kube-system/services/kube-ui/#/dashboard/';

/** The paths that are asked seldom, through express. */
export function createColdApp(options: ColdOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  const index = { paths: indexPaths(options) };
  app.get('/', sendIndented(index));
  app.all('/version', onlyGet(sendIndented(SERVER_VERSION)));
  app.all('/api', onlyGet(sendCompact(() => apiVersions(options.coreVersions, options.serverAddress()))));
  app.all('/apis', onlyGet(sendCompact(() => groupList(options.groups))));
  for (const group of options.groups) {
    app.all(`/apis/${group.name}`, onlyGet(sendCompact(() => groupAnswer(group))));
  }
  app.get('/apis/:group', (_request, response) => {
    response.status(404).type('text/plain').send('404 page not found\n');
  });
  app.get('/metrics', async (_request, response) => {
    response.setHeader('Content-Type', options.metrics.contentType);
    response.end(await options.metrics.metrics());
  });
  // Release 1.0 had a path for what is a DELETE today.
  app.delete('/metrics', resetMetrics(options.metrics));
  app.get('/resetMetrics', resetMetrics(options.metrics));
  app.get('/validate', async (_request, response) => {
    response.json(await options.validate());
  });
  app.get('/ui', (request, response) => {
    if (request.path === '/ui') redirect(response, request.method, 301, '/ui/');
    else redirect(response, request.method, 307, UI_SERVICE);
  });
  if (options.logDir !== undefined) addLogRoutes(app, options.logDir);
  for (const extension of options.extensions) extension.add(app, options.described);
  app.use(['/api', '/apis'], (_request, _response, next) => next(unknownResource()));
  app.use((_request, response) => {
    response.status(404);
    sendIndented(index)(_request, response, () => undefined);
  });
  app.use(answerErrors);
  return app;
}

function indexPaths(options: ColdOptions): string[] {
  const { health, groups, coreVersions, extensions } = options;
  const paths = [
    '/api',
    ...coreVersions.map((version) => `/api/${version}`),
    '/apis',
    ...groups.flatMap(({ name, versions }) => [
      `/apis/${name}`,
      ...versions.map((version) => `/apis/${name}/${version}`),
    ]),
    ...Object.entries(health).flatMap(([name, checks]: [string, HealthChecks['healthz']]) => [
      `/${name}`,
      ...checks.map((check) => `/${name}/${check.name}`),
    ]),
    '/metrics',
    '/resetMetrics',
    '/ui',
    '/validate',
    '/version',
    ...(options.logDir === undefined ? [] : ['/logs']),
    ...extensions.flatMap((extension) => extension.paths),
  ];
  return [...new Set(paths)].sort();
}

function sendIndented(body: object): RequestHandler {
  const text = JSON.stringify(body, null, 2);
  return (_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(text);
  };
}

/** Begins to count anew. What is measured at this moment stays: a gauge would go wrong. */
function resetMetrics(metrics: Registry): RequestHandler {
  return (_request, response) => {
    for (const metric of metrics.getMetricsAsArray()) {
      if (!(metric instanceof Gauge)) metrics.getSingleMetric(metric.name)?.reset();
    }
    response.type('text/plain').send('metrics reset\n');
  };
}

function sendCompact(body: () => object): RequestHandler {
  return (_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(`${JSON.stringify(body())}\n`);
  };
}

function onlyGet(handler: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (request.method === 'GET') return handler(request, response, next);
    next(methodNotAllowed());
  };
}

const answerErrors: express.ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const status =
    error instanceof StatusError
      ? error.status
      : {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: 'bad request',
          reason: 'BadRequest',
          code: 400,
        };
  response.status(status.code ?? 500).setHeader('Content-Type', 'application/json');
  response.end(`${JSON.stringify(status)}\n`);
};
