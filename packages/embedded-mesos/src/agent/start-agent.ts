import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import {
  errorMessage,
  listen,
  silentLogger,
  systemClock,
  type Clock,
  type Logger,
} from '@kubernetes-mesos/component-base';
import {
  createMasterDetector,
  type AgentInfo,
  type Attribute,
  type MasterDetector,
  type Resource,
} from '@kubernetes-mesos/mesos';
import { readBody } from '../http/api-call';
import { notFound, textReply, writeReply } from '../http/reply';
import type { AgentMessage } from '../link/protocol';
import { MESOS_VERSION } from '../version';
import { AGENT_CAPABILITIES, randomUuid } from './agent-identity';
import { CheckpointStore } from './checkpoint-store';
import { AgentCore, type AgentSettings } from './core';
import { withDefaultResources } from './default-resources';
import { executorEndpoint } from './executor-endpoint';
import { inventory, masterMessage } from './master-messages';
import { MasterConnection } from './master-connection';
import { agentOperatorEndpoint } from './operator-endpoint';
import { isRunning, killTree } from './process-tree';
import { agentReadEndpoint, allExecutors, type AgentReadContext } from './read-endpoints';
import { recover } from './recovery';
import { AgentRunner } from './runner';

export interface AgentOptions {
  /** `host:port`, a list of them, or `zk://...`. */
  readonly master: string;
  /** Address to listen on, and from which the master is reached. Default 127.0.0.1. */
  readonly ip?: string;
  /** Default 5051; 0 takes a free one. */
  readonly port?: number;
  /** Default the IP. */
  readonly hostname?: string;
  /** Folder of sandboxes and checkpoints. */
  readonly workDir: string;
  /** What of cpus, mem, disk and ports is missing is found out. */
  readonly resources?: readonly Resource[];
  readonly attributes?: readonly Attribute[];
  /** Default 1 min. */
  readonly executorRegistrationTimeoutMs?: number;
  /** Default 2 s. */
  readonly executorReregistrationTimeoutMs?: number;
  /** Default 5 s. */
  readonly executorShutdownGracePeriodMs?: number;
  /** How long executors wait for an agent that is gone. Default 15 min. */
  readonly recoveryTimeoutMs?: number;
  readonly executorEnvironment?: Readonly<Record<string, string>>;
  /** Default true; has an effect only for root. */
  readonly switchUser?: boolean;
  /** Program and arguments of the executor of command tasks; without it, such tasks fail. */
  readonly commandExecutor?: readonly string[];
  /** The master does not want this agent (gone, machine down): its executors are killed, the caller has to `close`. */
  readonly onRefused?: (reason: string) => void;
  readonly flags?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export interface RunningAgent {
  readonly ip: string;
  readonly port: number;
  /** `undefined` until a master has admitted it. */
  readonly id: string | undefined;
  /** Ends the agent as a crash would: executors live on and wait for it. */
  close(): Promise<void>;
  /** Leaves the cluster: tells the master, kills every executor, then ends. */
  leave(): Promise<void>;
}

/** @throws FatalError when the address is taken */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const { ip = '127.0.0.1', port = 5051, clock = systemClock, logger = silentLogger } = options;
  const workDir = resolve(options.workDir);
  mkdirSync(workDir, { recursive: true });
  const server = createServer();
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  server.timeout = 0;
  await listen(server, ip, port);
  const bound = (server.address() as AddressInfo).port;
  const pid = `slave(1)@${ip}:${bound}`;
  const settings = settingsOf(options, workDir, ip);
  const core = new AgentCore(infoOf(options, workDir, ip, bound), settings, {
    newUuid: randomUuid,
    newContainerId: randomUUID,
  });
  const store = new CheckpointStore(workDir);
  const detector: MasterDetector = createMasterDetector(options.master);
  const connection = new MasterConnection({
    detector,
    localAddress: ip,
    clock,
    logger,
    registration: () => registration(core, pid),
    onMessage: (message) => runner.run((now) => masterMessage(core, message, now)),
    onDisconnected: () => undefined,
  });
  const runner: AgentRunner = new AgentRunner({
    core,
    store,
    launcher: () => ({
      environment: {
        agentId: core.state.info.id?.value ?? '',
        ip,
        port: bound,
        recoveryTimeoutMs: options.recoveryTimeoutMs ?? 900_000,
        executorReregistrationTimeoutMs: settings.executorReregistrationTimeoutMs,
        executorShutdownGracePeriodMs: settings.executorShutdownGracePeriodMs,
        base: options.executorEnvironment ?? {},
      },
      cacheDirectory: join(workDir, 'fetch-cache'),
      switchUser: options.switchUser ?? true,
      commandExecutor: options.commandExecutor ?? [],
    }),
    clock,
    logger,
    toMaster: (message) => connection.send(message),
    onRecovered: () => connection.start(),
    onStop: (reason, forgetId) => {
      logger.error('refused by the master', { reason });
      runner.destroyAll();
      if (forgetId) store.forget();
      options.onRefused?.(reason);
    },
  });
  recoverFrom(store, core, runner, clock, logger);

  const context: AgentReadContext = {
    pid,
    flags: options.flags ?? {},
    startedAt: clock.now(),
    isRegistered: () => connection.isConnected,
  };
  server.on('request', (request, response) => {
    serve(runner, context, clock, request, response).catch((error: unknown) => {
      logger.error('request failed', { path: request.url, error });
      if (response.headersSent) response.destroy();
      else writeReply(request, response, textReply(500, errorMessage(error)));
    });
  });
  runner.start();
  logger.info('agent started', { address: `${ip}:${bound}`, agent: core.state.info.id?.value });

  const close = closer(server, runner, connection, detector);
  return {
    ip,
    port: bound,
    get id() {
      return core.state.info.id?.value;
    },
    close,
    async leave() {
      connection.send({ type: 'UNREGISTER', message: 'the agent was shut down' });
      runner.destroyAll();
      store.forget();
      await close();
    },
  };
}

async function serve(
  runner: AgentRunner,
  context: AgentReadContext,
  clock: Clock,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://agent');
  const path = decodeURIComponent(url.pathname).replace(/^\/slave\(1\)(?=\/)/, '');
  const body = await readBody(request);
  const reply =
    path === '/api/v1/executor'
      ? executorEndpoint(runner, request, body, response)
      : path === '/api/v1'
        ? agentOperatorEndpoint(runner.core, context, request, body, clock.now())
        : (agentReadEndpoint(runner.core, path, context, clock.now()) ?? notFound());
  if (reply !== undefined) writeReply(request, response, reply);
}

function recoverFrom(store: CheckpointStore, core: AgentCore, runner: AgentRunner, clock: Clock, logger: Logger): void {
  const stored = store.read();
  if (stored === undefined) return;
  const ticks = new Map<string, number | undefined>();
  const orphans = recover(
    core,
    stored,
    ({ containerId, pid, startTicks }) => {
      ticks.set(containerId, startTicks);
      return pid !== undefined && isRunning(pid, startTicks) ? 'running' : 'gone';
    },
    clock.now(),
  );
  for (const { pid, startTicks, info } of orphans) {
    if (pid === undefined || !isRunning(pid, startTicks)) continue;
    logger.info('killing an executor of a framework that does not checkpoint', { executor: info.executor_id.value });
    killTree(pid);
  }
  for (const executor of allExecutors(core)) runner.adopt(executor, ticks.get(executor.containerId));
  runner.perform();
}

function registration(core: AgentCore, pid: string): AgentMessage {
  return {
    type: 'REGISTER',
    agent_info: core.state.info,
    version: MESOS_VERSION,
    pid,
    capabilities: AGENT_CAPABILITIES,
    inventory: inventory(core),
  };
}

function infoOf(options: AgentOptions, workDir: string, ip: string, port: number): AgentInfo {
  const { attributes = [] } = options;
  return {
    hostname: options.hostname ?? ip,
    port,
    resources: withDefaultResources(options.resources ?? [], workDir),
    ...(attributes.length === 0 ? {} : { attributes }),
  };
}

function settingsOf(options: AgentOptions, workDir: string, ip: string): AgentSettings {
  return {
    executorRegistrationTimeoutMs: options.executorRegistrationTimeoutMs ?? 60_000,
    executorReregistrationTimeoutMs: options.executorReregistrationTimeoutMs ?? 2000,
    executorShutdownGracePeriodMs: options.executorShutdownGracePeriodMs ?? 5000,
    workDir,
    ip,
  };
}

function closer(
  server: Server,
  runner: AgentRunner,
  connection: MasterConnection,
  detector: MasterDetector,
): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () =>
    (closing ??= (async () => {
      runner.close();
      await connection.close();
      await detector.close();
      await new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      });
    })());
}
