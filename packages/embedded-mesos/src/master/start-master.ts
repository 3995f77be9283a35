import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  errorMessage,
  listen,
  silentLogger,
  systemClock,
  type Clock,
  type Logger,
} from '@kubernetes-mesos/component-base';
import type { MasterInfo } from '@kubernetes-mesos/mesos';
import { readBody } from '../http/api-call';
import { notFound, textReply, unavailable, writeReply, type Reply } from '../http/reply';
import { acceptAgentLink, type Link } from '../link/link';
import { AGENT_LINK_PATH, type MasterMessage } from '../link/protocol';
import { MESOS_VERSION } from '../version';
import { BasicAuthenticator, type Caller } from './authentication';
import { Cluster, type MasterSettings } from './cluster';
import { removeFramework } from './frameworks';
import { operatorEndpoint } from './operator-endpoint';
import { readEndpoint, type ReadContext } from './read-endpoints';
import { Registry } from './registry';
import { MasterRunner } from './runner';
import { schedulerEndpoint } from './scheduler-endpoint';

export interface MasterOptions extends Partial<MasterSettings> {
  /** Address to listen on. Default 127.0.0.1. */
  readonly ip?: string;
  /** Default 5050; 0 takes a free one. */
  readonly port?: number;
  /** Host name that redirects and `master_info` give. Default the IP. */
  readonly hostname?: string;
  /** Weights of roles, besides those of the registry. */
  readonly weights?: ReadonlyMap<string, number>;
  /** Folder of the registry. */
  readonly workDir: string;
  /** `--cluster` */
  readonly clusterName?: string;
  /** Principals and secrets of frameworks; absent: nobody has to authenticate. */
  readonly credentials?: ReadonlyMap<string, string>;
  /** The leader as `host:port` when it is not this master, `undefined` while there is none. Default: this one leads. */
  readonly leader?: () => { readonly leads: true } | { readonly leads: false; readonly master: string | undefined };
  /** Shown by `/flags`. */
  readonly flags?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export interface RunningMaster {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  /** `ip:port` */
  readonly address: string;
  close(): Promise<void>;
}

export const DEFAULT_MASTER_SETTINGS: MasterSettings = {
  allocationIntervalMs: 1000,
  offerTimeoutMs: undefined,
  agentPingTimeoutMs: 15_000,
  maxAgentPingTimeouts: 5,
  agentReregisterTimeoutMs: 600_000,
  roles: [],
  rootSubmissions: true,
  maxCompletedFrameworks: 50,
  maxCompletedTasksPerFramework: 1000,
  filterGpuResources: true,
};

/**
 * Starts a master. Each start has a new master id; agents and frameworks keep theirs through the registry and through
 * what agents tell when they register again.
 * @throws FatalError when the address is taken
 */
export async function startMaster(options: MasterOptions): Promise<RunningMaster> {
  const { ip = '127.0.0.1', port = 5050, clock = systemClock, logger = silentLogger } = options;
  const server = createServer();
  // Event streams stay open for ever, and bodies of agents too.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  server.timeout = 0;
  await listen(server, ip, port);
  const bound = (server.address() as AddressInfo).port;
  const id = randomUUID();
  const masterInfo = masterInfoOf(id, ip, bound, options.hostname ?? ip);
  const registry = new Registry(join(options.workDir, 'registry.jsonl'));
  const cluster = new Cluster(masterInfo, settingsOf(options), clock.now());
  for (const [role, weight] of options.weights ?? []) cluster.state.weights.set(role, weight);
  recover(cluster, registry);
  const runner = new MasterRunner(cluster, registry, clock, logger);
  const context: ReadContext = {
    flags: options.flags ?? {},
    verbosity: 0,
    clusterName: options.clusterName ?? '',
  };
  const authenticator =
    options.credentials === undefined
      ? undefined
      : new BasicAuthenticator(options.credentials, 'mesos-master-scheduler');
  const routes: Routes = { runner, context, authenticator, leader: options.leader, clock };
  server.on('request', (request, response) => {
    serve(routes, request, response).catch((error: unknown) => {
      logger.error('request failed', { path: request.url, error });
      if (response.headersSent) response.destroy();
      else writeReply(request, response, textReply(500, errorMessage(error)));
    });
  });
  runner.start();
  logger.info('master started', {
    id,
    address: `${ip}:${bound}`,
    recovered_agents: cluster.state.recoveredAgents.size,
  });
  return { id, ip, port: bound, address: `${ip}:${bound}`, close: closer(server, runner) };
}

interface Routes {
  readonly runner: MasterRunner;
  readonly context: ReadContext;
  readonly authenticator: BasicAuthenticator | undefined;
  readonly leader: MasterOptions['leader'];
  readonly clock: Clock;
}

/** Answered by every master, leading or not. */
const LOCAL_PATHS = new Set(['/health', '/version', '/metrics/snapshot', '/flags']);

async function serve(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { runner, context } = routes;
  const url = new URL(request.url ?? '/', 'http://master');
  const path = url.pathname.replace(/^\/master(?=\/)/, '');
  const caller: Caller =
    path === '/api/v1/scheduler' && routes.authenticator !== undefined
      ? routes.authenticator.caller(request.headers.authorization)
      : { kind: 'anyone' };
  const redirected = caller.kind === 'refused' ? caller.reply : redirect(routes, path, request);
  if (redirected !== undefined) {
    request.resume();
    writeReply(request, response, redirected);
    return;
  }
  if (path === AGENT_LINK_PATH && request.method === 'POST') {
    const link: Link<MasterMessage> = acceptAgentLink(
      request,
      response,
      runner.agentHandlers(() => link),
    );
    return;
  }
  const body = await readBody(request);
  const reply =
    path === '/api/v1/scheduler'
      ? schedulerEndpoint(runner, caller, request, body, response)
      : path === '/api/v1'
        ? operatorEndpoint(runner, context, request, body, response)
        : path === '/teardown' && request.method === 'POST'
          ? teardown(runner, body)
          : (readEndpoint(runner.cluster, path, url.searchParams, context, routes.clock.now()) ?? notFound());
  if (reply !== undefined) writeReply(request, response, reply);
}

function redirect(routes: Routes, path: string, request: IncomingMessage): Reply | undefined {
  const leader = routes.leader?.() ?? { leads: true as const };
  if (path === '/redirect') {
    const { masterInfo } = routes.runner.cluster.state;
    const own = `${masterInfo.hostname ?? ''}:${masterInfo.port}`;
    const master = leader.leads ? own : leader.master;
    return master === undefined ? unavailable('No leader elected') : temporaryRedirect(`//${master}`);
  }
  if (leader.leads || LOCAL_PATHS.has(path)) return undefined;
  if (leader.master === undefined) return unavailable('No leader elected');
  return temporaryRedirect(`//${leader.master}${request.url ?? ''}`);
}

function temporaryRedirect(location: string): Reply {
  return { status: 307, headers: { Location: location } };
}

/** `POST /teardown` with the form field `frameworkId`. */
function teardown(runner: MasterRunner, body: Buffer): Reply {
  const id = new URLSearchParams(body.toString()).get('frameworkId');
  if (id === null) return textReply(400, "Missing 'frameworkId' query parameter");
  const framework = runner.cluster.frameworkOf(id);
  if (framework === undefined) return textReply(400, 'No framework found with specified ID');
  runner.run((now) => removeFramework(runner.cluster, framework, now));
  return { status: 200 };
}

function recover(cluster: Cluster, registry: Registry): void {
  const { agents, unreachable, gone, weights } = registry.content;
  for (const [id, info] of agents) cluster.state.recoveredAgents.set(id, { info });
  for (const [id, at] of unreachable) cluster.state.unreachable.set(id, at);
  for (const [id, at] of gone) cluster.state.gone.set(id, at);
  for (const [role, weight] of weights) cluster.state.weights.set(role, weight);
}

function settingsOf(options: MasterOptions): MasterSettings {
  const settings: Record<string, unknown> = { ...DEFAULT_MASTER_SETTINGS };
  for (const key of Object.keys(DEFAULT_MASTER_SETTINGS) as (keyof MasterSettings)[]) {
    if (options[key] !== undefined) settings[key] = options[key];
  }
  // Every key of the defaults is there, with a value of its type.
  return settings as unknown as MasterSettings;
}

function masterInfoOf(id: string, ip: string, port: number, hostname: string): MasterInfo {
  const [a = 0, b = 0, c = 0, d = 0] = ip.split('.').map(Number);
  return {
    id,
    // Network byte order, read little-endian.
    ip: ((d << 24) | (c << 16) | (b << 8) | a) >>> 0,
    port,
    pid: `master@${ip}:${port}`,
    hostname,
    version: MESOS_VERSION,
    address: { hostname, ip, port },
    capabilities: [{ type: 'AGENT_DRAINING' }],
  };
}

function closer(server: Server, runner: MasterRunner): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () =>
    (closing ??= new Promise((resolve) => {
      server.close(() => resolve());
      runner.close();
      server.closeAllConnections();
    }));
}
