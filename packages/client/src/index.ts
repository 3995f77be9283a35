export type {
  ClientWatchEvent,
  DeleteOptions,
  JsonPatchOperation,
  KubeClient,
  ListOptions,
  NamespacedName,
  Patch,
  ResourceRef,
  WatchOptions,
} from './rest-client';
export { createKubeClient, type KubeClientOptions } from './kube-client';
export type { ClientTls } from './transport';
export { parseServerAddress, type ServerAddress } from './server-address';
export { ApiServerUnavailableError, ClientClosedError, ClientConfigError, InvalidAnswerError } from './errors';
export { loadKubeconfig, type ClientConnection, type KubeconfigOptions } from './kubeconfig';
export type { Informer, InformerHandler, Lister } from './informer';
export { createInformer, type InformerOptions } from './watch-informer';
export type { Indexer } from './object-store';
export { createWorkQueue, type WorkQueue, type WorkQueueOptions } from './work-queue';
export type { EventRecorder } from './event-recorder';
export { createEventRecorder, type EventRecorderOptions } from './queued-event-recorder';
export {
  BINDINGS,
  COMPONENT_STATUSES,
  CONFIG_MAPS,
  ENDPOINTS,
  EVENTS,
  LIMIT_RANGES,
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_TEMPLATES,
  PODS,
  REPLICATION_CONTROLLERS,
  RESOURCE_QUOTAS,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from './resources';
