import { errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import type { Container, Pod } from '../api/core-v1';
import { ContainerProbes } from '../probes/container-probes';
import type { ContainerRuntime } from '../runtime/runtime';
import type { PodEvents } from './collaborators';
import type { ProbeVerdict } from './pod-view';

export interface PodProbesOptions {
  readonly runtime: ContainerRuntime;
  readonly events: PodEvents;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A verdict has changed. */
  readonly onChange: () => void;
}

/** The probes of a pod's running containers, by container id. */
export class PodProbes {
  readonly #options: PodProbesOptions;
  readonly #probes = new Map<string, ContainerProbes>();

  constructor(options: PodProbesOptions) {
    this.#options = options;
  }

  verdicts(): Map<string, ProbeVerdict> {
    const verdicts = new Map<string, ProbeVerdict>();
    for (const [id, probes] of this.#probes) verdicts.set(id, probes.verdict);
    return verdicts;
  }

  /** Probes exactly the containers that run now. */
  sync(pod: Pod, running: ReadonlyMap<string, Container>): void {
    for (const [id, container] of running) {
      if (!this.#probes.has(id) && hasProbes(container)) this.#probes.set(id, this.#begin(pod, id, container));
    }
    this.#close((id) => running.has(id)).catch((error: unknown) => {
      this.#options.logger.warn('probe ended with an error', { error: errorMessage(error) });
    });
  }

  close(): Promise<void> {
    return this.#close(() => false);
  }

  #begin(pod: Pod, containerId: string, container: Container): ContainerProbes {
    const { runtime, clock, events, onChange } = this.#options;
    return new ContainerProbes({
      runtime,
      clock,
      target: { podUid: pod.metadata.uid ?? '', container, containerId },
      onChange,
      onFailure: (kind, output) => {
        const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
        events.event(pod, 'Warning', 'Unhealthy', `${name} probe failed: ${output}`);
      },
    });
  }

  async #close(keep: (id: string) => boolean): Promise<void> {
    const closing: Promise<void>[] = [];
    for (const [id, probes] of this.#probes) {
      if (keep(id)) continue;
      this.#probes.delete(id);
      closing.push(probes.close());
    }
    await Promise.all(closing);
  }
}

function hasProbes(container: Container): boolean {
  return (
    container.livenessProbe !== undefined ||
    container.readinessProbe !== undefined ||
    container.startupProbe !== undefined
  );
}
