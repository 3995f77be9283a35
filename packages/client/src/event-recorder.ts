import type { KubeObject } from '@kubernetes-mesos/api-types';

/** Writes Kubernetes Events about objects, in the background; equal ones are counted up instead of repeated. Never throws. */
export interface EventRecorder {
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Waits until what is queued is written, or the server is away for too long; idempotent. */
  close(): Promise<void>;
}
