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
export type { Informer, InformerHandler, Lister } from './informer';
export type { WorkQueue } from './work-queue';
export type { EventRecorder } from './event-recorder';
