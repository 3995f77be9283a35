import { errorMessage } from '@kubernetes-mesos/component-base';
import type { Container, Pod } from '../api/core-v1';
import { ImagePullError, type ContainerRuntime } from '../runtime/runtime';
import { nextBackoff } from './backoff';
import type { ContainerBuilder, PodEvents } from './collaborators';
import type { ImageMemory } from './pod-view';

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/** The policy of a container: its own, or `Always` for a `latest` or missing tag, which may move. */
export function pullPolicy(container: Container): PullPolicy {
  const own = container.imagePullPolicy;
  if (own === 'Always' || own === 'IfNotPresent' || own === 'Never') return own;
  const name = (container.image ?? '').split('/').at(-1) ?? '';
  if (name.includes('@')) return 'IfNotPresent';
  return !name.includes(':') || name.endsWith(':latest') ? 'Always' : 'IfNotPresent';
}

/** Makes the image of a container present as its policy says, and returns what to remember of it. Never throws. */
export async function provideImage(
  options: { readonly runtime: ContainerRuntime; readonly builder: ContainerBuilder; readonly events: PodEvents },
  pod: Pod,
  container: Container,
  before: ImageMemory,
  now: () => number,
): Promise<ImageMemory> {
  const { runtime, builder, events } = options;
  const image = container.image ?? '';
  const policy = pullPolicy(container);
  try {
    const present = policy === 'Always' ? undefined : await runtime.imageId(image);
    if (present !== undefined) {
      events.event(pod, 'Normal', 'Pulled', `Container image ${JSON.stringify(image)} already present on machine`);
      return { state: 'present' };
    }
    if (policy === 'Never') {
      throw new ImagePullError(
        'ErrImageNeverPull',
        `Container image ${JSON.stringify(image)} is not present with pull policy of Never`,
      );
    }
    events.event(pod, 'Normal', 'Pulling', `Pulling image ${JSON.stringify(image)}`);
    await runtime.pullImage(image, await builder.credentials(pod));
    events.event(pod, 'Normal', 'Pulled', `Successfully pulled image ${JSON.stringify(image)}`);
    return { state: 'present' };
  } catch (error) {
    const reason = error instanceof ImagePullError ? error.reason : 'ErrImagePull';
    const text = errorMessage(error);
    const message = reason === 'ErrImagePull' ? `Failed to pull image ${JSON.stringify(image)}: ${text}` : text;
    events.event(pod, 'Warning', 'Failed', message);
    events.event(pod, 'Warning', 'Failed', `Error: ${reason}`);
    const backoff = nextBackoff(before.state === 'failed' ? before.backoff : undefined, now());
    return { state: 'failed', reason, message: text, backoff, failedAt: now() };
  }
}

/**
 * How a failed pull is shown while its next attempt waits: the error first, `ImagePullBackOff` once the status with the
 * error has been seen.
 */
export function pullBackedOff(container: Container, memory: ImageMemory): ImageMemory {
  if (memory.state !== 'failed' || memory.reason !== 'ErrImagePull') return memory;
  return {
    ...memory,
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image ${JSON.stringify(container.image ?? '')}: ${memory.message}`,
  };
}
