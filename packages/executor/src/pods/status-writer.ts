import { StatusError, type Pod as ApiPod } from '@kubernetes-mesos/api-types';
import { PODS, type KubeClient } from '@kubernetes-mesos/client';
import { Backoff, errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import type { Pod } from '../api/core-v1';
import type { PodReport } from './collaborators';

export interface StatusWriterOptions {
  readonly client: Pick<KubeClient, 'get' | 'updateStatus' | 'delete'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A copy of the pod that may be old; saves a read when it is not. */
  readonly cached: (namespace: string, name: string) => ApiPod | undefined;
}

interface Entry {
  readonly pod: Pod;
  /** What the API is to show; `undefined` when it shows it. */
  report?: PodReport;
  /** The pod is over: after its last status it is removed from the API, if that is what its owner asked for. */
  remove: boolean;
  busy: boolean;
  readonly backoff: Backoff;
}

/**
 * Brings the newest status of each pod to the API: one write in flight a pod, intermediate ones left out, failures tried
 * again until they succeed or the pod is gone. Nothing is forgotten before it is written.
 */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #abort = new AbortController();
  readonly #idle: (() => void)[] = [];

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  set(pod: Pod, report: PodReport): void {
    const entry = this.#entry(pod);
    entry.report = report;
    this.#kick(entry);
  }

  /** Confirms the deletion of a pod that no longer runs here, after its last status. */
  remove(pod: Pod): void {
    const entry = this.#entry(pod);
    entry.remove = true;
    this.#kick(entry);
  }

  /** Resolves when everything is written, or after `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#entries.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.setTimer(resolve, timeoutMs);
      this.#idle.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  close(): void {
    this.#abort.abort(new Error('closed'));
  }

  #entry(pod: Pod): Entry {
    const uid = pod.metadata.uid ?? '';
    let entry = this.#entries.get(uid);
    if (entry === undefined) {
      entry = { pod, remove: false, busy: false, backoff: new Backoff({ initialMs: 100, maxMs: 10_000 }) };
      this.#entries.set(uid, entry);
    }
    return entry;
  }

  #kick(entry: Entry): void {
    if (entry.busy || this.#abort.signal.aborted) return;
    entry.busy = true;
    this.#drain(entry).catch((error: unknown) => {
      this.#options.logger.debug('status writer stopped', { error: errorMessage(error) });
    });
  }

  async #drain(entry: Entry): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted && (entry.report !== undefined || entry.remove)) {
      const { report } = entry;
      try {
        if (report === undefined) {
          await this.#confirmDeletion(entry.pod);
          entry.remove = false;
        } else {
          await this.#write(entry.pod, report);
          if (entry.report === report) delete entry.report;
        }
        entry.backoff.reset();
      } catch (error) {
        if (isGone(error)) {
          delete entry.report;
          entry.remove = false;
          break;
        }
        logger.debug('pod status is written again', { pod: entry.pod.metadata.name, error: errorMessage(error) });
        await clock.sleep(entry.backoff.next(), { signal });
      }
    }
    entry.busy = false;
    this.#entries.delete(entry.pod.metadata.uid ?? '');
    if (this.#entries.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #write(pod: Pod, report: PodReport): Promise<void> {
    const { client, cached } = this.#options;
    const { namespace = 'default', name = '', uid } = pod.metadata;
    const copy = cached(namespace, name);
    if (copy !== undefined && copy.metadata.uid === uid) {
      try {
        await client.updateStatus(PODS, withReport(copy, report));
        return;
      } catch (error) {
        if (!(error instanceof StatusError) || error.code !== 409) throw error;
      }
    }
    await client.updateStatus(PODS, withReport(await this.#current(pod), report));
  }

  async #confirmDeletion(pod: Pod): Promise<void> {
    const current = await this.#current(pod);
    if (current.metadata.deletionTimestamp === undefined) return;
    const { namespace = 'default', name = '', uid = '' } = pod.metadata;
    await this.#options.client.delete(PODS, { namespace, name }, { gracePeriodSeconds: 0, uid });
  }

  /** The pod as the API has it now. @throws PodReplacedError when the name belongs to another pod. */
  async #current(pod: Pod): Promise<ApiPod> {
    const { namespace = 'default', name = '', uid } = pod.metadata;
    const current = await this.#options.client.get(PODS, { namespace, name });
    if (current.metadata.uid !== uid) throw new PodReplacedError(`${namespace}/${name} is another pod now`);
    return current;
  }
}

function withReport(pod: ApiPod, { status, annotations }: PodReport): ApiPod {
  const metadata = { ...pod.metadata, annotations: { ...pod.metadata.annotations, ...annotations } };
  return { ...pod, metadata, status };
}

class PodReplacedError extends Error {
  override readonly name = 'PodReplacedError';
}

function isGone(error: unknown): boolean {
  return error instanceof PodReplacedError || (error instanceof StatusError && error.code === 404);
}
