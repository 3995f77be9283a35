import { setMaxListeners } from 'node:events';
import { createKubeClient } from '@kubernetes-mesos/client';
import {
  createMetricsRegistry,
  defineRole,
  errorMessage,
  startStatusServer,
  UsageError,
  type HealthCheck,
  type RoleContext,
} from '@kubernetes-mesos/component-base';
import { createMasterDetector, createOperatorClient, MasterAddressError } from '@kubernetes-mesos/mesos';
import { apiConnection, cloudConfig, givenMesosMaster, likelyMesosMasters, rootCa, tokenSigner } from './config';
import { createControllers, type ControllerSet } from './controllers';
import { controllerManagerFlags, type ControllerManagerFlagValues } from './flags';
import { CachedAgentSource } from './nodes/cached-agents';
import { OperatorAgentSource } from './nodes/mesos-agents';
import { PublishedMasterDetector } from './nodes/published-master';
import { ControllerMetrics } from './runtime/metrics';
import { runController } from './runtime/run-controller';

/** `km controller-manager` */
export const controllerManagerRole = defineRole({
  name: 'controller-manager',
  summary: 'runs the control loops: replication, endpoints, nodes, namespaces, ...',
  description:
    'Watches the API server and brings what is there to what is asked for: replication controllers, endpoints of ' +
    'services, nodes of the Mesos cluster, namespaces that end, garbage, quotas, service accounts and their tokens.\n\n' +
    'Nodes are the agents of the Mesos cluster; they appear by themselves. It may be killed and started again at any ' +
    'time: it keeps no state of its own.',
  flags: controllerManagerFlags,
  run: runControllerManager,
});

async function runControllerManager(flags: ControllerManagerFlagValues, context: RoleContext): Promise<void> {
  const { clock, logger, signal } = context;
  // One listener a control loop: more than Node takes for a leak.
  setMaxListeners(0, signal);
  const connection = await apiConnection(flags);
  const cloud = await cloudConfig(flags);
  const [signer, ca] = await Promise.all([tokenSigner(flags), rootCa(flags)]);
  const client = createKubeClient({ ...connection, userAgent: 'kube-controller-manager', clock, logger });
  const master = givenMesosMaster(flags, cloud);
  const detector =
    master === undefined
      ? new PublishedMasterDetector({ client, otherwise: likelyMesosMasters(connection.servers), clock, logger })
      : masterDetector(master, context);
  const operator = createOperatorClient({ detector, logger, timeoutMs: cloud.httpClientTimeoutMs });
  const registry = createMetricsRegistry();
  const metrics = new ControllerMetrics(registry);
  const agents = new CachedAgentSource(new OperatorAgentSource(operator), clock, cloud.stateCacheTtlMs);
  const set = createControllers({ client, agents, clock, logger, flags, signer, rootCa: ca });
  const status = await startStatusServer({
    address: flags.address,
    port: flags.port,
    metrics: registry,
    checks: [ping],
  });
  logger.info('controller manager started', {
    apiServer: connection.servers.join(','),
    mesosMaster: master ?? 'as the scheduler publishes it',
  });
  try {
    if (await syncInformers(set, context)) {
      await Promise.all(
        set.controllers.map((controller) => runController(controller, { clock, logger, metrics, signal })),
      );
    }
  } finally {
    await Promise.all(set.recorders.map((recorder) => recorder.close()));
    await set.informers.close();
    await Promise.all([operator.close(), detector.close(), client.close(), status.close()]);
  }
}

/** Waits for the first lists, however long the API server is away; false when told to stop meanwhile. */
async function syncInformers(set: ControllerSet, { logger, signal }: RoleContext): Promise<boolean> {
  const close = (): void => {
    set.informers.close().catch((error: unknown) => logger.debug('informers closed', { error: errorMessage(error) }));
  };
  signal.addEventListener('abort', close, { once: true });
  try {
    await set.informers.start();
    logger.info('caches are in sync');
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
  }
}

function masterDetector(address: string, { clock, logger }: RoleContext): ReturnType<typeof createMasterDetector> {
  try {
    return createMasterDetector(address, { clock, logger });
  } catch (error) {
    if (!(error instanceof MasterAddressError)) throw error;
    throw new UsageError(`--mesos_master: ${error.message}`, { cause: error });
  }
}

const ping: HealthCheck = {
  name: 'ping',
  check: () => Promise.resolve({ healthy: true, message: '' }),
};
