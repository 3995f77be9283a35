import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient } from '@kubernetes-mesos/client';
import { KUBERNETES_VERSION, silentLogger, systemClock } from '@kubernetes-mesos/component-base';
import { createExecutorClient } from '@kubernetes-mesos/mesos';
import type { Pod } from '../../src/api/core-v1';
import { Executor } from '../../src/executor';
import { executorFlags, type ExecutorFlagValues } from '../../src/flags';
import { DEFAULT_IMAGE_MAP } from '../../src/images/default-image-map';
import { ProcessRuntime } from '../../src/runtime/process/process-runtime';
import { DEFAULT_LOG_LIMITS, type ContainerRuntime } from '../../src/runtime/runtime';
import { FakeApi } from './fake-api';
import { ScriptedAgent } from './scripted-agent';

export interface ExecutorFixture {
  readonly agent: ScriptedAgent;
  readonly api: FakeApi;
  readonly rootDir: string;
  readonly runtime: ContainerRuntime;
  /** Resolves when the executor has ended by itself. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export async function startExecutor(
  options: {
    readonly flags?: Partial<ExecutorFlagValues>;
    readonly runtime?: (rootDir: string) => ContainerRuntime;
    /** The framework checkpoints: the executor waits for an agent that is away. */
    readonly checkpoint?: boolean;
  } = {},
): Promise<ExecutorFixture> {
  const rootDir = await mkdtemp(join(tmpdir(), 'km-executor-'));
  const agent = new ScriptedAgent();
  const api = new FakeApi();
  const [agentEndpoint, server] = await Promise.all([agent.start(), api.start()]);
  const runtime = options.runtime?.(rootDir) ?? processRuntime(rootDir);
  const environment = {
    agentEndpoint,
    frameworkId: 'fw',
    executorId: 'exec-1',
    sandbox: rootDir,
    checkpoint: options.checkpoint === true,
    recoveryTimeoutMs: options.checkpoint === true ? 30_000 : 0,
    subscriptionBackoffMaxMs: 100,
    shutdownGracePeriodMs: 5_000,
    agentId: 'agent-1',
  };
  const client = createKubeClient({ servers: [server] });
  const abort = new AbortController();
  const executor = new Executor({
    flags: { ...defaultFlags(), port: 0, ...options.flags },
    environment,
    mesos: createExecutorClient({ environment }),
    api: client,
    runtime,
    clock: systemClock,
    logger: silentLogger,
    rootDir,
    hostIP: '127.0.0.1',
    nodeCredentials: () => Promise.resolve([]),
    kubeletVersion: KUBERNETES_VERSION.gitVersion,
  });
  const ended = executor.run(abort.signal);
  await agent.subscription();
  return {
    agent,
    api,
    rootDir,
    runtime,
    ended,
    async stop() {
      abort.abort();
      await ended;
      await client.close();
      await Promise.all([agent.close(), api.close()]);
      await rm(rootDir, { recursive: true, force: true });
    },
  };
}

export function processRuntime(rootDir: string, owner = `test/${rootDir}`): ProcessRuntime {
  return new ProcessRuntime({
    rootDir,
    hostIP: '127.0.0.1',
    images: DEFAULT_IMAGE_MAP,
    km: [process.execPath],
    owner,
    logger: silentLogger,
    pauseImage: 'kubernetes/pause:latest',
    logLimits: DEFAULT_LOG_LIMITS,
  });
}

/** A pod as the scheduler hands it over. */
export function testPod(name: string, spec: Partial<Pod['spec']>, metadata: Partial<Pod['metadata']> = {}): Pod {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      annotations: {
        'k8s.mesosphere.io/bindingHost': 'node-1',
        'k8s.mesosphere.io/taskId': `pod.${name}`,
        'k8s.mesosphere.io/executorId': 'exec-1',
        'k8s.mesosphere.io/slaveId': 'agent-1',
      },
      ...metadata,
    },
    spec: { containers: [], ...spec },
  };
}

/** Stores the pod as its creator has left it: no node, no annotations. */
export function store(api: FakeApi, pod: Pod): string {
  const path = `/namespaces/${pod.metadata.namespace ?? ''}/pods/${pod.metadata.name ?? ''}`;
  const { annotations, ...metadata } = pod.metadata;
  if (annotations === undefined) throw new Error('a pod of the scheduler has annotations');
  api.put(path, { kind: 'Pod', apiVersion: 'v1', metadata, spec: { ...pod.spec } });
  return path;
}

function defaultFlags(): ExecutorFlagValues {
  const values: Record<string, unknown> = {};
  for (const [name, { default: value }] of Object.entries(executorFlags)) values[name] = value;
  return values as ExecutorFlagValues;
}
