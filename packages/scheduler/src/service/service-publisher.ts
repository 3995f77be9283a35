import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { StatusError, type Endpoints, type Service } from '@kubernetes-mesos/api-types';
import { ENDPOINTS, SERVICES, type KubeClient } from '@kubernetes-mesos/client';
import { errorMessage, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { MESOS_MASTER } from '../annotations';

export interface ServicePublisherOptions {
  readonly kube: Pick<KubeClient, 'get' | 'create' | 'update' | 'patch'>;
  /** `host:port` of the scheduler that leads. */
  readonly address: string;
  /** `--mesos_master`, for parts of the cluster that are not told of it. */
  readonly mesosMaster: string;
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

/**
 * Publishes the scheduler that leads as a service, until `signal` aborts, with the Mesos master that it registers with
 * as an annotation. Nothing else of an existing service is changed. A loopback address is no use to others, and the API takes none: then there are no endpoints.
 */
export async function publishService(options: ServicePublisherOptions, signal: AbortSignal): Promise<void> {
  const { clock, logger } = options;
  let failing = false;
  while (!signal.aborted) {
    try {
      await ensureService(options);
      const ip = await ipOf(options.address);
      if (!isLoopback(ip)) await ensureEndpoints(options, ip);
      failing = false;
    } catch (error) {
      if (!failing) logger.warn('scheduler service not published, will retry', { error: errorMessage(error) });
      failing = true;
    }
    await clock.sleep(INTERVAL_MS, { signal }).catch(() => undefined);
  }
}

async function ensureService({ kube, serviceAddress, mesosMaster }: ServicePublisherOptions): Promise<void> {
  const annotations = { [MESOS_MASTER]: withoutCredentials(mesosMaster) };
  const current = await find<Service>(() => kube.get(SERVICES, { namespace: NAMESPACE, name: NAME }));
  if (current?.metadata.annotations?.[MESOS_MASTER] === annotations[MESOS_MASTER]) return;
  if (current !== undefined) {
    const body = { metadata: { annotations } };
    await kube.patch(SERVICES, { namespace: NAMESPACE, name: NAME }, { kind: 'merge', body });
    return;
  }
  await kube.create(SERVICES, {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS, annotations },
    spec: {
      ports: [{ port: SERVICE_PORT, protocol: 'TCP' }],
      ...(serviceAddress === '' ? {} : { clusterIP: serviceAddress }),
    },
  });
}

/** Everybody may read who the masters are: only they write to ZooKeeper. */
function withoutCredentials(address: string): string {
  return address.trim().replace(/^zk:\/\/[^@/]*@/, 'zk://');
}

async function ensureEndpoints({ kube, address }: ServicePublisherOptions, ip: string): Promise<void> {
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  const wanted = [{ addresses: [{ ip }], ports: [{ port, protocol: 'TCP' }] }];
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

/** The host of `host:port` as an IP. */
async function ipOf(address: string): Promise<string> {
  const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1');
  return isIP(host) === 0 ? (await lookup(host, { family: 4 })).address : host;
}

function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1';
}

async function find<T>(get: () => Promise<T>): Promise<T | undefined> {
  try {
    return await get();
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return undefined;
    throw error;
  }
}
