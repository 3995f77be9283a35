import { StatusError } from '@kubernetes-mesos/api-types';
import { ApiServerUnavailableError, PODS, type KubeClient } from '@kubernetes-mesos/client';
import { Backoff, errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import type { Pod } from '../api/core-v1';
import { MESSAGES } from './status-messages';
import { ANNOTATION_PREFIX } from './task-pod';

/** The pod cannot be bound to this node; `code` is the message of the task's failure. */
export class BindingError extends Error {
  override readonly name = 'BindingError';
  readonly code: string;
  constructor(code: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
  }
}

export interface PodBinderOptions {
  readonly client: Pick<KubeClient, 'get' | 'patch' | 'subresource'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a server that does not answer is tried again, ms. */
  readonly patienceMs: number;
}

const TASK_ID = `${ANNOTATION_PREFIX}taskId`;

/** Binds pods to this node through the API, the scheduler's annotations with them. Idempotent per task. */
export class PodBinder {
  readonly #options: PodBinderOptions;

  constructor(options: PodBinderOptions) {
    this.#options = options;
  }

  /** @throws BindingError, or the signal's reason */
  async bind(pod: Pod, nodeName: string, signal: AbortSignal): Promise<void> {
    const { clock, logger, patienceMs } = this.#options;
    const backoff = new Backoff({ initialMs: 200, maxMs: 5_000 });
    const giveUpAt = clock.monotonic() + patienceMs;
    for (;;) {
      signal.throwIfAborted();
      try {
        await this.#bindOnce(pod, nodeName);
        return;
      } catch (error) {
        if (error instanceof BindingError) throw error;
        const retryable =
          error instanceof ApiServerUnavailableError || (error instanceof StatusError && error.code >= 429);
        if (!retryable || clock.monotonic() >= giveUpAt) {
          throw new BindingError(MESSAGES.bindingFailed, errorMessage(error), { cause: error });
        }
        logger.debug('binding is tried again', { pod: pod.metadata.name, error: errorMessage(error) });
        await clock.sleep(backoff.next(), { signal });
      }
    }
  }

  async #bindOnce(pod: Pod, nodeName: string): Promise<void> {
    const { namespace = 'default', name = '', annotations = {}, uid } = pod.metadata;
    try {
      await this.#options.client.subresource('POST', PODS, { namespace, name }, 'binding', {
        kind: 'Binding',
        apiVersion: 'v1',
        metadata: { name, namespace, annotations, ...(uid === undefined ? {} : { uid }) },
        target: { kind: 'Node', name: nodeName },
      });
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 409) throw error;
      await this.#settleConflict(pod, nodeName, error);
    }
  }

  /** The pod has a node already: ours, from an earlier attempt or preset by its creator, or another's. */
  async #settleConflict(pod: Pod, nodeName: string, conflict: StatusError): Promise<void> {
    const { client } = this.#options;
    const { namespace = 'default', name = '', annotations = {} } = pod.metadata;
    const current = await client.get(PODS, { namespace, name });
    if (current.metadata.uid !== pod.metadata.uid || current.spec?.nodeName !== nodeName) {
      const message = current.spec?.nodeName === nodeName ? 'another pod has this name' : conflict.message;
      throw new BindingError(MESSAGES.bindingFailed, message, { cause: conflict });
    }
    const bound = current.metadata.annotations?.[TASK_ID];
    if (bound === annotations[TASK_ID]) return;
    if (bound !== undefined) {
      throw new BindingError(MESSAGES.bindingFailed, `the pod is bound for task ${bound}`, { cause: conflict });
    }
    try {
      await client.patch(PODS, { namespace, name }, { kind: 'merge', body: { metadata: { annotations } } });
    } catch (error) {
      if (!(error instanceof StatusError) || error.code >= 429) throw error;
      throw new BindingError(MESSAGES.annotationFailed, errorMessage(error), { cause: error });
    }
  }
}
