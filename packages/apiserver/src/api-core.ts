import type { Registry } from 'prom-client';
import { createSchemaRegistry, type ResourceDefinition, type SchemaRegistry } from '@kubernetes-mesos/api-types';
import type { Clock, Logger } from '@kubernetes-mesos/component-base';
import type { Storage } from '@kubernetes-mesos/storage';
import { AdmissionChain, type AdmissionPlugin } from './admission/admission';
import type { ColdOptions } from './cold/cold-app';
import { healthRoutes } from './cold/health';
import type { ApiGroup } from './discovery/groups';
import { serveResource, type ResourceBehaviour, type ServedResource } from './endpoints/served-resource';
import type { DiscoveredVersion } from './discovery/resource-list';
import type { Filter } from './filters/filter';
import { Formats, type ProtobufFormats } from './formats/formats';
import { BodyDecoder, type ProtobufDecoder } from './http/body-decoder';
import { serveCold } from './http/cold-route';
import { Dispatcher, plainRoute } from './http/dispatcher';
import type { Exchange } from './http/exchange';
import { DEFAULT_LIMITS, type RequestLimits } from './http/limits';
import { RequestMetrics } from './http/request-metrics';
import { ResourceVersion, type SpecialSubresources, type VirtualResource } from './http/resource-version';
import type { ApiTools, ApiVersion } from './http/surface';
import { statusFormatOf } from './http/wanted-format';
import { YamlReader } from './http/yaml-reader';
import type { UpdateTracker } from './patch/apply/update-tracker';
import type { PatchExtensions } from './patch/patches';

/** The resources by `plural` or `plural.group`, as admission and special endpoints look each other up. */
export type ServedResources = ReadonlyMap<string, ServedResource>;

export interface ApiCoreOptions {
  readonly storage: Storage;
  readonly definitions: readonly ResourceDefinition[];
  /** What resources do beyond their declaration, by plural. */
  readonly behaviours: (resources: ServedResources) => Readonly<Record<string, ResourceBehaviour>>;
  readonly admission: (resources: ServedResources) => readonly AdmissionPlugin[];
  readonly virtual: (tools: ApiTools, resources: ServedResources) => readonly GroupedVirtual[];
  readonly special: (tools: ApiTools, resources: ServedResources) => SpecialSubresources;
  /** Versions that are not those inside, by `api/v1beta1`. */
  readonly otherVersions?: (tools: ApiTools, resources: ServedResources) => ReadonlyMap<string, ApiVersion>;
  readonly patches: PatchExtensions;
  readonly fields?: UpdateTracker;
  readonly protobuf?: { readonly formats: ProtobufFormats; readonly decoder: ProtobufDecoder };
  readonly cold: Omit<ColdOptions, 'metrics' | 'coreVersions' | 'groups' | 'described'>;
  readonly metrics: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: RequestLimits;
  readonly minWatchMs: number;
  readonly requestTimeoutMs: number;
  readonly stopping: AbortSignal;
  readonly schemas?: SchemaRegistry;
}

/** A virtual resource and where it is served. */
export interface GroupedVirtual extends VirtualResource {
  readonly group: string;
  readonly version: string;
}

/** The API without listeners: requests in, answers out. */
export interface ApiCore {
  /** A listener's way in: each has filters of its own. */
  dispatcher(filters: readonly Filter[]): Dispatcher;
  readonly tools: ApiTools;
  readonly resources: ServedResources;
}

/** Wires verbs, formats, admission and routes over a storage. */
export function createApiCore(options: ApiCoreOptions): ApiCore {
  const { clock, logger, limits = DEFAULT_LIMITS, definitions, metrics } = options;
  const schemas = options.schemas ?? createSchemaRegistry();
  const resources = serveAll(options);
  const yaml = new YamlReader(clock);
  options.stopping.addEventListener('abort', () => yaml.close(), { once: true });
  const tools: ApiTools = {
    services: {
      admission: new AdmissionChain(options.admission(resources)),
      ...(options.fields === undefined ? {} : { fields: options.fields }),
    },
    formats: new Formats(schemas, () => clock.now(), options.protobuf?.formats),
    decoder: new BodyDecoder(schemas, limits.nesting, options.protobuf?.decoder),
    patches: options.patches,
    limits,
    yaml,
    clock,
    minWatchMs: options.minWatchMs,
    stopping: options.stopping,
    metrics: new RequestMetrics(metrics),
  };
  const virtual = options.virtual(tools, resources);
  const versions = new Map<string, ApiVersion>(options.otherVersions?.(tools, resources));
  const described: DiscoveredVersion[] = [];
  const special = options.special(tools, resources);
  for (const names of groupVersionsOf(definitions, virtual)) {
    const here = <T extends { readonly group: string; readonly version: string }>({ group, version }: T): boolean =>
      group === names.group && version === names.version;
    const version = new ResourceVersion(
      tools,
      names,
      [...resources.values()].filter(({ definition }) => here(definition)),
      virtual.filter(here),
      special,
    );
    described.push(version.discovered);
    versions.set(names.group === '' ? `api/${names.version}` : `apis/${names.group}/${names.version}`, version);
  }
  const health = healthRoutes(options.cold.health);
  const coldApp = once(async () => {
    // Express is large: a server is ready without it.
    const { createColdApp } = await import('./cold/cold-app.js');
    const [coreVersions, groups] = [coreVersionsOf(versions), groupsOf(versions)];
    return createColdApp({ ...options.cold, metrics, coreVersions, groups, described });
  });
  const dispatcherOptions = {
    versions,
    coldRoute: (exchange: Exchange) => {
      const serveHealth = health.get(withoutTrailingSlash(exchange.path));
      const errorFormat = statusFormatOf(tools, exchange);
      if (serveHealth !== undefined) return plainRoute(exchange, errorFormat, serveHealth);
      return serveCold(exchange, coldApp, errorFormat);
    },
    errorFormat: (exchange: Exchange) => statusFormatOf(tools, exchange),
    metrics: tools.metrics,
    clock,
    logger,
    requestTimeoutMs: options.requestTimeoutMs,
    maxUrlChars: limits.urlChars,
  };
  return { dispatcher: (filters) => new Dispatcher(dispatcherOptions, filters), tools, resources };
}

/** `pods`, `deployments.apps` */
export function resourceId(definition: ResourceDefinition): string {
  return definition.group === '' ? definition.names.plural : `${definition.names.plural}.${definition.group}`;
}

function serveAll({ definitions, storage, behaviours }: ApiCoreOptions): ServedResources {
  const resources = new Map<string, ServedResource>();
  const special = behaviours(resources);
  for (const definition of definitions) {
    const id = resourceId(definition);
    const store = storage.resource(definition.group, definition.names.plural);
    resources.set(id, serveResource(definition, store, special[id]));
  }
  return resources;
}

function groupVersionsOf(
  definitions: readonly ResourceDefinition[],
  virtual: readonly GroupedVirtual[],
): { readonly group: string; readonly version: string }[] {
  const all = [...definitions, ...virtual].map(({ group, version }) => ({ group, version }));
  return [...new Map(all.map((names) => [`${names.group}/${names.version}`, names])).values()];
}

/** `v1` first, so that clients of every age choose rightly; then the older ones, newest first. */
function coreVersionsOf(versions: ReadonlyMap<string, ApiVersion>): string[] {
  const core = [...versions.keys()].filter((key) => key.startsWith('api/')).map((key) => key.slice('api/'.length));
  return core.sort((a, b) => (a === 'v1' ? -1 : b === 'v1' ? 1 : a < b ? 1 : -1));
}

function groupsOf(versions: ReadonlyMap<string, ApiVersion>): ApiGroup[] {
  const groups = new Map<string, string[]>();
  for (const key of versions.keys()) {
    const [prefix, group = '', version = ''] = key.split('/');
    if (prefix === 'apis') groups.set(group, [...(groups.get(group) ?? []), version]);
  }
  return [...groups].map(([name, list]) => ({ name, versions: list }));
}

function withoutTrailingSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Makes at the first call, and again after a failure. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}
