/**
 * The API versions of release 0.14 over the resources of today: `v1beta1`, `v1beta2`, `v1beta3`.
 *
 * To serve them, give `legacyApiVersions(tools, resources, options)` to `createApiCore` as its `otherVersions`. They need
 * nothing else of the server; `proxyOf` (made by `proxiesOf`) answers the handler of the `proxy` subresource of pods,
 * services and nodes. `swaggerExtension` describes them below `/swaggerapi/`.
 *
 * Reads go through the same stores. A write is decoded by the version in its body, checked by the rules of release 0.14,
 * laid over the stored object so that what the version cannot say stays, and then goes through the same verbs, admission
 * and behaviours as any other.
 */
import { LEGACY_VERSIONS, type LegacyApiVersion } from '@kubernetes-mesos/api-types';
import type { ServedResources } from '../api-core';
import type { ApiTools, ApiVersion } from '../http/surface';
import { LegacyVersionRoutes, type ProxyOf } from './legacy-version';
import type { LegacyRules } from './legacy-request';
import { NegotiatingClientRoutes } from './negotiating-clients';

export interface LegacyApiOptions {
  readonly rules: LegacyRules;
  /** `--kubelet_port` */
  readonly kubeletPort: number;
  /** `--master_service_namespace` */
  readonly ownNamespace: string;
  readonly proxyOf?: ProxyOf;
}

/** By `api/v1beta1`, ... */
export function legacyApiVersions(
  tools: ApiTools,
  resources: ServedResources,
  options: LegacyApiOptions,
): ReadonlyMap<string, ApiVersion> {
  const versions = Object.values(LEGACY_VERSIONS);
  const routesOf = (version: LegacyApiVersion) => new LegacyVersionRoutes({ version, tools, resources, ...options });
  const withPaths = routesOf(LEGACY_VERSIONS.v1beta3);
  const listed = LEGACY_VERSIONS.v1beta3.resources;
  return new Map(
    versions.map((version) => {
      const own = version.layout === 'path' ? withPaths : routesOf(version);
      return [`api/${version.name}`, new NegotiatingClientRoutes(tools, version, { own, withPaths }, listed)];
    }),
  );
}

export { proxiesOf } from './proxies';
export { swaggerExtension } from './swagger';
export type { LegacyRules } from './legacy-request';
export type { ProxyOf } from './legacy-version';
