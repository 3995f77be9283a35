import {
  createMetricsRegistry,
  defineRole,
  startStatusServer,
  type RoleContext,
} from '@kubernetes-mesos/component-base';
import { artifactHandler } from './artifacts/artifact-handler';
import { openApi } from './config/api-access';
import { schedulerFlags, type SchedulerFlagValues } from './config/flags';
import { resolveConfig } from './config/resolve';
import type { PodScheduler } from './driver/pod-scheduler';
import { openEtcdState } from './ha/etcd-state';
import { runTerm } from './ha/term';
import { debugHandler } from './http/debug-handler';
import { createSchedulerMetrics } from './http/metrics';

/** `km scheduler`: the Mesos framework. */
export const schedulerRole = defineRole({
  name: 'scheduler',
  summary: 'the Mesos framework: places pods on offers and launches them as tasks',
  description:
    'Registers as a framework with the Mesos master, places the pods of the API server on the offers that Mesos makes, ' +
    'and launches them. Its HTTP server hands the executor (this same km) to the agents; so --address, or ' +
    '--advertised_address, must be one that agents reach.\n\n' +
    'It may be stopped, killed and replaced at any time: pods keep running, and the next scheduler finds out from Mesos ' +
    'what became of them. With --ha several may be started; one leads at a time.',
  flags: schedulerFlags,
  run: runScheduler,
});

async function runScheduler(flags: SchedulerFlagValues, context: RoleContext): Promise<void> {
  const { clock, logger, signal } = context;
  const config = await resolveConfig(flags, { kmPath: context.kmPath, logger });
  const registry = createMetricsRegistry();
  const metrics = createSchedulerMetrics(registry);
  let scheduler: PodScheduler | undefined;
  let standby = flags.ha;
  const artifacts = artifactHandler(config.artifacts);
  const debug = debugHandler(() => scheduler);
  const server = await startStatusServer({
    address: flags.address,
    port: flags.port,
    metrics: registry,
    checks: [
      {
        name: 'mesos',
        check: () => {
          const healthy = standby || scheduler?.isOpen === true;
          return Promise.resolve({ healthy, message: healthy ? '' : 'not registered with the Mesos master' });
        },
      },
    ],
    handler: (request, response) => artifacts(request, response) || debug(request, response),
  });
  const kube = await openApi({
    servers: flags.api_servers,
    authPath: flags.auth_path,
    kubeconfig: flags.kubeconfig,
    clock,
    logger,
  });
  const state = await openEtcdState({
    servers: config.etcdServers,
    frameworkName: config.framework.name,
    failoverTimeoutSeconds: config.framework.failover_timeout ?? 0,
    clock,
    logger,
  });
  try {
    while (!signal.aborted) {
      const leadership = flags.ha ? await state.lead(signal) : undefined;
      if (signal.aborted) break;
      standby = false;
      const term = leadership === undefined ? signal : AbortSignal.any([signal, leadership.lost]);
      try {
        await runTerm(
          {
            config,
            kube,
            frameworkIds: state.frameworkIds(leadership),
            executorRecords: state.executorRecords(leadership),
            elected: flags.ha,
            metrics,
            json: flags.mesos_protocol === 'json',
            serviceAddress: flags.service_address,
            clock,
            logger,
            onScheduler: (current) => (scheduler = current),
          },
          term,
        );
      } finally {
        await leadership?.resign();
      }
      standby = flags.ha;
      if (!signal.aborted) logger.warn('leadership lost, standing by');
    }
  } finally {
    state.close();
    await Promise.all([kube.close(), server.close()]);
  }
}
