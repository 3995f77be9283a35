import { UsageError } from '@kubernetes-mesos/component-base';
import type { Storage } from '@kubernetes-mesos/storage';
import type { ServedResources } from '../api-core';
import type { ServedResource } from '../endpoints/served-resource';
import type { AdmissionPlugin } from './admission';
import { AlwaysAdmit, AlwaysDeny } from './always';
import { DefaultTolerationSeconds } from './default-toleration-seconds';
import { denyEscalatingExec, denyExecOnPrivileged } from './deny-exec';
import { LimitRanger } from './limit-ranger';
import { NamespaceAutoProvision, NamespaceExists, NamespaceLifecycle } from './namespace-lifecycle';
import { Priority } from './priority';
import { ResourceDefaults } from './resource-defaults';
import { ResourceQuotaPlugin } from './resource-quota';
import { SecurityContextDeny } from './security-context-deny';
import { ServiceAccount } from './service-account';
import { StorageObjectInUseProtection } from './storage-protection';
import { TaintNodesByCondition } from './taint-nodes';

/** What plug-ins are made of. */
export interface PluginParts {
  readonly resources: ServedResources;
  readonly createNamespace: (name: string) => Promise<void>;
  readonly storage: Pick<Storage, 'guardRevision' | 'moveGuard'>;
}

/** Runs unless `--admission_control` says otherwise: what today's API server does to the kinds served here. */
export const DEFAULT_PLUGINS: readonly string[] = [
  'NamespaceLifecycle',
  'LimitRanger',
  'TaintNodesByCondition',
  'Priority',
  'DefaultTolerationSeconds',
  'StorageObjectInUseProtection',
  'ResourceQuota',
];

const PLUGINS: Readonly<Record<string, (parts: PluginParts) => AdmissionPlugin>> = {
  AlwaysAdmit: () => new AlwaysAdmit(),
  AlwaysDeny: () => new AlwaysDeny(),
  DefaultTolerationSeconds: () => new DefaultTolerationSeconds(),
  DenyEscalatingExec: ({ resources }) => denyEscalatingExec(served(resources, 'pods')),
  DenyExecOnPrivileged: ({ resources }) => denyExecOnPrivileged(served(resources, 'pods')),
  LimitRanger: ({ resources }) => new LimitRanger(served(resources, 'limitranges')),
  NamespaceAutoProvision: ({ resources, createNamespace }) =>
    new NamespaceAutoProvision(served(resources, 'namespaces'), createNamespace),
  NamespaceExists: ({ resources }) => new NamespaceExists(served(resources, 'namespaces')),
  NamespaceLifecycle: ({ resources }) => new NamespaceLifecycle(served(resources, 'namespaces')),
  Priority: () => new Priority(),
  ResourceDefaults: () => new ResourceDefaults(),
  ResourceQuota: ({ resources, storage }) =>
    new ResourceQuotaPlugin(resources, served(resources, 'resourcequotas'), storage),
  SecurityContextDeny: () => new SecurityContextDeny(),
  ServiceAccount: ({ resources }) =>
    new ServiceAccount(served(resources, 'serviceaccounts'), served(resources, 'secrets')),
  StorageObjectInUseProtection: () => new StorageObjectInUseProtection(),
  TaintNodesByCondition: () => new TaintNodesByCondition(),
};

export const PLUGIN_NAMES: readonly string[] = Object.keys(PLUGINS);

/** @throws UsageError for a name that is none */
export function checkPluginNames(names: readonly string[]): void {
  const unknown = names.find((name) => !Object.hasOwn(PLUGINS, name));
  if (unknown !== undefined) {
    throw new UsageError(`--admission_control: unknown plug-in ${unknown}; there are ${PLUGIN_NAMES.join(', ')}`);
  }
}

export function makePlugins(names: readonly string[], parts: PluginParts): AdmissionPlugin[] {
  return names.flatMap((name) => PLUGINS[name]?.(parts) ?? []);
}

function served(resources: ServedResources, id: string): ServedResource {
  const found = resources.get(id);
  if (found === undefined) throw new Error(`an admission plug-in needs ${id}, which are not served`);
  return found;
}
