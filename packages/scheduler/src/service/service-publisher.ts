import { StatusError, type Endpoints, type Service } from '@kubernetes-mesos/api-types';
import { ENDPOINTS, SERVICES, type KubeClient } from '@kubernetes-mesos/client';
import { errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';

export interface ServicePublisherOptions {
  readonly kube: Pick<KubeClient, 'get' | 'create' | 'update'>;
  /** `host:port` of the scheduler that leads. */
  readonly address: string;
  /** Portal IP; `''`: any. */
  readonly serviceAddress: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const NAME = 'k8sm-scheduler';
const NAMESPACE = 'default';
const LABELS = { provider: 'k8sm', component: 'scheduler' };
/** Of the service, whatever the port of the scheduler is. */
const SERVICE_PORT = 10_251;
const INTERVAL_MS = 10_000;

/** Publishes the scheduler that leads as a service, until `signal` aborts. An existing service is left as it is. */
export async function publishService(options: ServicePublisherOptions, signal: AbortSignal): Promise<void> {
  const { clock, logger } = options;
  let failing = false;
  while (!signal.aborted) {
    try {
      await ensureService(options);
      await ensureEndpoints(options);
      failing = false;
    } catch (error) {
      if (!failing) logger.warn('scheduler service not published, will retry', { error: errorMessage(error) });
      failing = true;
    }
    await clock.sleep(INTERVAL_MS, { signal }).catch(() => undefined);
  }
}

async function ensureService({ kube, serviceAddress }: ServicePublisherOptions): Promise<void> {
  if ((await find<Service>(() => kube.get(SERVICES, { namespace: NAMESPACE, name: NAME }))) !== undefined) return;
  await kube.create(SERVICES, {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      ports: [{ port: SERVICE_PORT, protocol: 'TCP' }],
      ...(serviceAddress === '' ? {} : { clusterIP: serviceAddress }),
    },
  });
}

async function ensureEndpoints({ kube, address }: ServicePublisherOptions): Promise<void> {
  const at = address.lastIndexOf(':');
  const wanted = [
    { addresses: [{ ip: address.slice(0, at) }], ports: [{ port: Number(address.slice(at + 1)), protocol: 'TCP' }] },
  ];
  const current = await find<Endpoints>(() => kube.get(ENDPOINTS, { namespace: NAMESPACE, name: NAME }));
  if (current === undefined) {
    await kube.create(ENDPOINTS, {
      kind: 'Endpoints',
      apiVersion: 'v1',
      metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
      subsets: wanted,
    });
  } else if (JSON.stringify(current.subsets) !== JSON.stringify(wanted)) {
    await kube.update(ENDPOINTS, { ...current, subsets: wanted });
  }
}

async function find<T>(get: () => Promise<T>): Promise<T | undefined> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return undefined;
    throw error;
  }
}
