import type { ComponentStatus } from '@kubernetes-mesos/api-types';
import { errorMessage } from '@kubernetes-mesos/component-base';

/** A part of the cluster, and how to ask whether it is well. */
export interface Component {
  /** `scheduler`, `etcd-0`, `mesos-master` */
  readonly name: string;
  /** Answers what the component says, or throws. */
  readonly probe: (signal: AbortSignal) => Promise<string>;
}

export interface ComponentHealth {
  readonly name: string;
  readonly isHealthy: boolean;
  readonly message: string;
}

const PROBE_TIMEOUT_MS = 5_000;
const MAX_MESSAGE_CHARS = 512;

/** A component with a health page over HTTP. */
export function httpComponent(name: string, url: string): Component {
  return {
    name,
    async probe(signal) {
      // Loaded when first asked for: nothing else of a server needs it.
      const { request } = await import('undici');
      const { statusCode, body } = await request(url, { signal, headersTimeout: PROBE_TIMEOUT_MS });
      const text = (await body.text()).slice(0, MAX_MESSAGE_CHARS);
      if (statusCode !== 200) throw new Error(`unhealthy http status code received: ${statusCode}`);
      return text;
    },
  };
}

/** Asks all components at once. */
export function probeComponents(components: readonly Component[]): Promise<ComponentHealth[]> {
  return Promise.all(
    components.map(async ({ name, probe }) => {
      try {
        return { name, isHealthy: true, message: await probe(AbortSignal.timeout(PROBE_TIMEOUT_MS)) };
      } catch (error) {
        return { name, isHealthy: false, message: errorMessage(error) };
      }
    }),
  );
}

export function componentStatus({ name, isHealthy, message }: ComponentHealth): ComponentStatus {
  return {
    kind: 'ComponentStatus',
    apiVersion: 'v1',
    metadata: { name },
    conditions: [
      isHealthy ? { type: 'Healthy', status: 'True', message } : { type: 'Healthy', status: 'False', message },
    ],
  };
}

/** The answer of `/validate`, as release 0.14 gives it. */
export function validateAnswer(healths: readonly ComponentHealth[]): object[] {
  return healths.map(({ name, isHealthy, message }) => ({
    component: name,
    health: isHealthy ? 'success' : 'unhealthy',
    ...(isHealthy ? {} : { healthCode: 1 }),
    msg: isHealthy ? message : '',
    err: isHealthy ? 'nil' : message,
  }));
}
