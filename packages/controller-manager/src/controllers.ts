import { randomInt } from 'node:crypto';
import type { KubeObject } from '@kubernetes-mesos/api-types';
import {
  CONFIG_MAPS,
  createEventRecorder,
  ENDPOINTS,
  PERSISTENT_VOLUME_CLAIMS,
  POD_TEMPLATES,
  PODS,
  REPLICATION_CONTROLLERS,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
  type EventRecorder,
  type KubeClient,
  type ResourceRef,
} from '@kubernetes-mesos/client';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import { EndpointsController } from './endpoints/reconcile';
import type { ControllerManagerFlagValues } from './flags';
import { OwnerCollector } from './garbage/owner-collector';
import { PodCollector } from './garbage/pod-collector';
import { NamespaceController } from './namespaces/reconcile';
import { AgentView } from './nodes/agent-view';
import { NodeDiscovery } from './nodes/discovery';
import type { AgentSource } from './nodes/mesos-agents';
import { NodeController } from './nodes/reconcile';
import { indexers } from './objects/indexers';
import { QuotaController } from './quota/reconcile';
import { ReplicationManager } from './replication/reconcile';
import type { Controller } from './runtime/controller';
import { SharedInformers } from './runtime/shared-informers';
import { ServiceAccountController } from './service-accounts/account-controller';
import type { TokenSigner } from './service-accounts/token';
import { TokenController } from './service-accounts/token-controller';
import { VolumeBinder } from './volumes/binder';
import { ClaimProtection } from './volumes/claim-protection';
import { VolumeProtection } from './volumes/volume-protection';

export interface ControllerSetOptions {
  readonly client: KubeClient;
  readonly agents: AgentSource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly flags: ControllerManagerFlagValues;
  /** Absent: no tokens are made. */
  readonly signer: TokenSigner | undefined;
  readonly rootCa: string | undefined;
}

export interface ControllerSet {
  readonly controllers: readonly Controller[];
  readonly informers: SharedInformers;
  readonly recorders: readonly EventRecorder[];
}

/** Renewal of the heartbeat of nodes without a kubelet, ms. */
const STAND_IN_HEARTBEAT_MS = 300_000;

/** Resources that may own others or be owned: all that are kept, but for events. */
const OWNABLE: readonly ResourceRef[] = [
  PODS,
  REPLICATION_CONTROLLERS,
  SERVICES,
  ENDPOINTS,
  SECRETS,
  CONFIG_MAPS,
  SERVICE_ACCOUNTS,
  PERSISTENT_VOLUME_CLAIMS,
  POD_TEMPLATES,
].map((resource): ResourceRef => resource as ResourceRef<KubeObject>); // only metadata is read

/** Builds every control loop; nothing runs yet. */
export function createControllers(options: ControllerSetOptions): ControllerSet {
  const { client, clock, logger, flags, signer, rootCa } = options;
  const informers = new SharedInformers({ client, clock, logger, indexers });
  const recorderOf = (component: string): EventRecorder => createEventRecorder({ client, component, clock, logger });
  const replicationEvents = recorderOf('replication-controller');
  const nodeEvents = recorderOf('controllermanager');
  const endpointEvents = recorderOf('endpoint-controller');
  const volumeEvents = recorderOf('persistentvolume-controller');
  const common = { client, informers, clock, logger };
  const view = new AgentView(clock);
  const nodes = new NodeController({
    ...common,
    recorder: nodeEvents,
    view,
    config: {
      monitorGraceMs: flags.node_monitor_grace_period,
      podEvictionTimeoutMs: flags.pod_eviction_timeout,
      heartbeatMs: STAND_IN_HEARTBEAT_MS,
    },
  });
  const controllers: Controller[] = [
    new ReplicationManager({ ...common, recorder: replicationEvents, concurrency: flags.concurrent_rc_syncs }),
    new EndpointsController({
      ...common,
      recorder: endpointEvents,
      hostPorts: flags.host_port_endpoints,
      concurrency: flags.concurrent_endpoint_syncs,
    }),
    nodes,
    new NodeDiscovery({
      source: options.agents,
      view,
      informers,
      logger,
      periodMs: flags.node_sync_period,
      changed: (name) => nodes.enqueue(name),
    }),
    new NamespaceController({ ...common, resyncMs: flags.namespace_sync_period }),
    new PodCollector({ ...common, threshold: flags.terminated_pod_gc_threshold }),
    new OwnerCollector({ ...common, resources: OWNABLE }),
    new QuotaController({ client, informers, resyncMs: flags.resource_quota_sync_period }),
    new ServiceAccountController({ client, informers }),
    new ClaimProtection({ client, informers }),
    new VolumeProtection({ client, informers }),
    new VolumeBinder({ ...common, recorder: volumeEvents }),
  ];
  if (signer !== undefined) {
    controllers.push(new TokenController({ client, informers, signer, rootCa, random: (limit) => randomInt(limit) }));
  }
  return { controllers, informers, recorders: [replicationEvents, nodeEvents, endpointEvents, volumeEvents] };
}
