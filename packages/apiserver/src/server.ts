import { createMetricsRegistry, type Clock, type Logger } from '@kubernetes-mesos/component-base';
import { coreV1Resources, createSchemaRegistry, type ResourceDefinition } from '@kubernetes-mesos/api-types';
import type { Storage } from '@kubernetes-mesos/storage';
import { AdmissionChain } from './admission/admission';
import { makePlugins } from './admission/plugins';
import { createApiCore, type ApiCore, type ApiCoreOptions, type ServedResources } from './api-core';
import type { Authenticator } from './authentication/authenticator';
import type { ServiceAccountKey } from './authentication/service-account-keys';
import type { Authorizer } from './authorization/authorizer';
import { ensureNamespace, ensureOwnObjects, type OwnObjectsOptions, type OwnService } from './bootstrap/own-objects';
import { repeat } from './bootstrap/repeat';
import { pingCheck } from './cold/health';
import type { ColdExtension } from './cold/cold-app';
import type { VerbServices } from './endpoints/services';
import { systemContext, type VerbContext } from './endpoints/verb-context';
import { authenticationFilter, insecureFilter } from './filters/authentication';
import { authorizationFilter } from './filters/authorization';
import { corsFilter } from './filters/cors';
import type { Filter } from './filters/filter';
import { impersonationFilter } from './filters/impersonation';
import { inFlightFilter, type InFlightLimits } from './filters/in-flight';
import { readOnlyFilter } from './filters/read-only';
import { DEFAULT_LIMITS } from './http/limits';
import { legacyApiVersions } from './legacy';
import { proxiesOf } from './legacy/proxies';
import { swaggerExtension } from './legacy/swagger';
import { startListener, type Listener, type TlsMaterial } from './http/listeners';
import { coreVirtualResources } from './registry/core-virtual';
import { coreSubresources } from './registry/core-subresources';
import { probeComponents, validateAnswer, type Component } from './registry/component-statuses';
import type { IpRange } from './registry/ip-range';
import { addressAt } from './registry/ip-range';
import { limitRangeBehaviour } from './registry/limit-ranges';
import { namespaceBehaviour } from './registry/namespaces';
import type { PortRange } from './registry/service-numbers';
import { ServiceBehaviour } from './registry/services';
import { reviewResources } from './reviews/review-resources';
import type { KubeletOptions } from './kubelet/node-address';

/** What an API server is made of: its storage is the caller's. */
export interface ApiServerOptions {
  readonly storage: Storage;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly insecure?: { readonly address: string; readonly port: number };
  readonly readOnly?: {
    readonly address: string;
    readonly port: number;
    readonly rate: number;
    readonly burst: number;
  };
  readonly secure?: {
    readonly address: string;
    readonly port: number;
    readonly tls: TlsMaterial;
    readonly authenticators: readonly Authenticator[];
    readonly allowAnonymous: boolean;
  };
  readonly authorizer: Authorizer;
  readonly admissionControl: readonly string[];
  readonly serviceAddresses: IpRange;
  readonly nodePorts: PortRange;
  readonly masterServiceNamespace: string;
  readonly serverCount: number;
  readonly advertiseAddress: string;
  readonly externalHostname: string;
  readonly allowPrivileged: boolean;
  readonly eventTtlMs: number;
  readonly corsAllowedOrigins: readonly string[];
  readonly maxRequestsInFlight: InFlightLimits;
  readonly minRequestTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly kubelet: KubeletOptions;
  /** Signs the tokens that are asked for service accounts; without it none are given. */
  readonly tokenKey?: ServiceAccountKey;
  readonly components: readonly Component[];
  readonly logDir?: string;
  /** Parts that are made elsewhere: kinds of patch, protobuf, documents. */
  readonly extensions?: ApiServerExtensions;
}

export interface ApiServerExtensions {
  readonly patches?: ApiCoreOptions['patches'];
  readonly fields?: ApiCoreOptions['fields'];
  readonly protobuf?: ApiCoreOptions['protobuf'];
  readonly cold?: readonly ColdExtension[];
}

export interface ApiServer {
  readonly insecurePort: number | undefined;
  readonly securePort: number | undefined;
  readonly readOnlyPort: number | undefined;
  readonly resources: ServedResources;
  /** Resolves when the server's own objects are there: it is ready. */
  ready(): Promise<void>;
  /** Ends watches, lets requests under way end for a moment, closes all ports; idempotent. */
  close(): Promise<void>;
}

/** What the server does on its own account is subject to no policy: with AlwaysDeny it would never be ready. */
const OWN_SERVICES: VerbServices = { admission: new AdmissionChain([]) };
/** How long requests under way may take when the server stops, ms. */
const CLOSE_GRACE_MS = 5_000;
/** Between two looks at the server's own objects, ms. */
const OWN_OBJECTS_INTERVAL_MS = 10_000;

/** @throws FatalError when a port cannot be listened on */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const stop = new AbortController();
  const core = assemble(options, stop.signal);
  const listeners = await startListeners(options, core);
  const ready = keepOwnObjects(options, core, listeners, stop.signal);
  let closing: Promise<void> | undefined;
  return {
    insecurePort: listeners.insecure?.port,
    securePort: listeners.secure?.port,
    readOnlyPort: listeners.readOnly?.port,
    resources: core.resources,
    ready: () => ready.first,
    close: () =>
      (closing ??= (async () => {
        stop.abort(new Error('the server stops'));
        await Promise.all([closeAll(listeners), ready.loop]);
      })()),
  };
}

function assemble(options: ApiServerOptions, stopping: AbortSignal): ApiCore {
  const { clock, logger, extensions = {}, storage } = options;
  const schemas = createSchemaRegistry();
  const context = (): VerbContext => systemContext(clock.now(), stopping);
  const authenticators = options.secure?.authenticators ?? [];
  const storeCheck = { name: 'etcd', check: () => storage.health() };
  const core: ApiCore = createApiCore({
    storage,
    schemas,
    definitions: storedResources(options),
    behaviours: (resources) => ({
      limitranges: limitRangeBehaviour,
      namespaces: namespaceBehaviour,
      services: new ServiceBehaviour({
        storage,
        addresses: options.serviceAddresses,
        nodePorts: options.nodePorts,
        services: () => served(resources, 'services'),
        reserved: new Set(ownServiceAddresses(options)),
      }),
    }),
    admission: (resources) =>
      makePlugins(options.admissionControl, {
        resources,
        storage,
        createNamespace: (name) => ensureNamespace({ services: OWN_SERVICES, resources, context }, name),
      }),
    virtual: (tools, resources) => [
      ...coreVirtualResources(tools, served(resources, 'pods'), options.components, schemas),
      ...reviewResources(tools, options.authorizer, authenticators),
    ],
    special: (tools, resources) => coreSubresources(tools, resources, options.kubelet, options.tokenKey),
    otherVersions: (tools, resources) =>
      legacyApiVersions(tools, resources, {
        rules: { allowPrivileged: options.allowPrivileged },
        kubeletPort: options.kubelet.defaultPort,
        ownNamespace: options.masterServiceNamespace,
        proxyOf: proxiesOf(resources, coreSubresources(tools, resources, options.kubelet)),
      }),
    ...(extensions.protobuf === undefined ? {} : { protobuf: extensions.protobuf }),
    patches: extensions.patches ?? {},
    ...(extensions.fields === undefined ? {} : { fields: extensions.fields }),
    cold: {
      health: {
        healthz: [pingCheck, storeCheck],
        livez: [pingCheck],
        readyz: [pingCheck, storeCheck],
      },
      serverAddress: () => `${options.advertiseAddress}:${options.secure?.port ?? options.insecure?.port ?? 0}`,
      validate: async () => validateAnswer(await probeComponents(options.components)),
      ...(options.logDir === undefined ? {} : { logDir: options.logDir }),
      extensions: [
        swaggerExtension(() => `https://${options.advertiseAddress}:${options.secure?.port ?? 0}`, schemas),
        ...(extensions.cold ?? []),
      ],
    },
    metrics: createMetricsRegistry(),
    clock,
    logger,
    minWatchMs: options.minRequestTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs,
    stopping,
  });
  return core;
}

/** What is kept in the store; bindings and component statuses are not. */
function storedResources(options: ApiServerOptions): ResourceDefinition[] {
  const ttlSeconds = Math.ceil(options.eventTtlMs / 1000);
  return coreV1Resources({ allowPrivileged: options.allowPrivileged })
    .filter(({ names }) => names.plural !== 'bindings' && names.plural !== 'componentstatuses')
    .map((definition) => (definition.ttlSeconds === undefined ? definition : { ...definition, ttlSeconds }));
}

interface Listeners {
  readonly insecure: Listener | undefined;
  readonly secure: Listener | undefined;
  readonly readOnly: Listener | undefined;
}

async function startListeners(options: ApiServerOptions, core: ApiCore): Promise<Listeners> {
  const { insecure, secure, readOnly, clock } = options;
  const limits = DEFAULT_LIMITS;
  const inFlight = inFlightFilter(options.maxRequestsInFlight);
  const cors: Filter[] = options.corsAllowedOrigins.length > 0 ? [corsFilter(options.corsAllowedOrigins)] : [];
  const started: Listener[] = [];
  const start = async (listen: Parameters<typeof startListener>[0]): Promise<Listener> => {
    const listener = await startListener(listen);
    started.push(listener);
    return listener;
  };
  try {
    return {
      insecure:
        insecure &&
        (await start({ ...insecure, limits, dispatcher: core.dispatcher([...cors, insecureFilter, inFlight]) })),
      readOnly:
        readOnly &&
        (await start({
          ...readOnly,
          limits,
          dispatcher: core.dispatcher([readOnlyFilter(readOnly.rate, readOnly.burst, clock), insecureFilter, inFlight]),
        })),
      secure:
        secure &&
        (await start({
          address: secure.address,
          port: secure.port,
          tls: secure.tls,
          limits,
          dispatcher: core.dispatcher([
            ...cors,
            inFlight,
            authenticationFilter(secure.authenticators, secure.allowAnonymous),
            impersonationFilter(options.authorizer),
            authorizationFilter(options.authorizer),
          ]),
        })),
    };
  } catch (error) {
    await Promise.all(started.map((listener) => listener.close(0)));
    throw error;
  }
}

async function closeAll(listeners: Listeners): Promise<void> {
  await Promise.all(
    [listeners.insecure, listeners.secure, listeners.readOnly].map(async (listener) => listener?.close(CLOSE_GRACE_MS)),
  );
}

/** Keeps namespaces, services and endpoints of the server; the first time is when it is ready. */
function keepOwnObjects(
  options: ApiServerOptions,
  core: ApiCore,
  listeners: Listeners,
  signal: AbortSignal,
): { readonly first: Promise<void>; readonly loop: Promise<void> } {
  const { clock, logger, storage } = options;
  const own: OwnObjectsOptions = {
    services: OWN_SERVICES,
    resources: core.resources,
    context: () => systemContext(clock.now(), signal),
    serviceNamespace: options.masterServiceNamespace,
    serverCount: options.serverCount,
    ownServices: ownServices(options, listeners),
  };
  let isFirst: () => void = () => undefined;
  const first = new Promise<void>((resolve) => (isFirst = resolve));
  const loop = (async () => {
    await storage.ready();
    await repeat(
      'keeping the services of the API server',
      async () => {
        await ensureOwnObjects(own);
        isFirst();
      },
      { intervalMs: OWN_OBJECTS_INTERVAL_MS, clock, logger, signal },
    );
  })().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return { first, loop };
}

/** `kubernetes`, and `kubernetes-ro`, of old, while there is a read-only port. */
function ownServices(options: ApiServerOptions, { secure, insecure, readOnly }: Listeners): OwnService[] {
  const [first = '', second = ''] = ownServiceAddresses(options);
  // Release 0.14 gave the first address of the range to the read-only service.
  const [kubernetesIP, readOnlyIP] = readOnly === undefined ? [first, second] : [second, first];
  const targetAddress = options.advertiseAddress;
  const main = secure ?? insecure;
  return [
    ...(main === undefined
      ? []
      : [
          {
            name: 'kubernetes',
            clusterIP: kubernetesIP,
            port: secure === undefined ? 80 : 443,
            portName: secure === undefined ? 'http' : 'https',
            targetAddress,
            targetPort: main.port,
          },
        ]),
    ...(readOnly === undefined
      ? []
      : [
          {
            name: 'kubernetes-ro',
            clusterIP: readOnlyIP,
            port: 80,
            portName: 'http',
            targetAddress,
            targetPort: readOnly.port,
          },
        ]),
  ];
}

function ownServiceAddresses({ serviceAddresses }: ApiServerOptions): string[] {
  return [addressAt(serviceAddresses, 1), addressAt(serviceAddresses, 2)];
}

function served(resources: ServedResources, id: string) {
  const found = resources.get(id);
  if (found === undefined) throw new Error(`${id} are not served`);
  return found;
}
