import type { InternalContainer } from '../shared/internal';
import { compact, entries, flag, items, some, strings, text } from '../shared/members';
import {
  TERMINATION_MESSAGE_PATH,
  capabilitiesFromInternal,
  defaultPullPolicy,
  lifecycleFromInternal,
  lifecycleToInternal,
  portsToInternal,
  probeFromInternal,
  probeToInternal,
  securityToInternal,
} from '../shared/pod-parts';
import { ownRequests } from '../shared/requests';
import type { Decoded, Draft } from '../shape/shape';
import type { FlatDialect } from './meta';
import type { CONTAINER, RESOURCES } from './pod-shapes';
import { bytes, milliCores, milliOf, resourcesFromInternal, resourcesToInternal, wholeOf } from './quantities';

/** Flat pull policies; the new spellings are read too, and unknown ones pass, for validation to refuse. */
const PULL_POLICIES: Readonly<Record<string, string>> = {
  PullAlways: 'Always',
  PullNever: 'Never',
  PullIfNotPresent: 'IfNotPresent',
};

export function containerToInternal(
  legacy: Decoded<typeof CONTAINER>,
  { dialect, hostNetwork, defaults }: { dialect: FlatDialect; hostNetwork: boolean; defaults: boolean },
): InternalContainer {
  return compact<InternalContainer>({
    name: legacy.name,
    image: text(legacy.image),
    command: strings(legacy.command),
    workingDir: text(legacy.workingDir),
    ports: portsToInternal(legacy.ports, hostNetwork, defaults),
    env: items(legacy.env, ({ name, key, value }) =>
      compact<{ name: string; value?: string }>({
        name: name === '' && dialect.aliases ? key : name,
        value: text(value),
      }),
    ),
    resources: resourceRequirements(legacy, dialect),
    volumeMounts: items(legacy.volumeMounts, ({ name, readOnly, mountPath, path }) =>
      compact<{ name: string; readOnly?: boolean; mountPath: string }>({
        name,
        readOnly: flag(readOnly),
        mountPath: mountPath === '' && dialect.aliases ? path : mountPath,
      }),
    ),
    livenessProbe: some(legacy.livenessProbe, (probe) => probeToInternal(probe, defaults)),
    readinessProbe: some(legacy.readinessProbe, (probe) => probeToInternal(probe, defaults)),
    lifecycle: some(legacy.lifecycle, (lifecycle) => lifecycleToInternal(lifecycle, defaults)),
    terminationMessagePath: text(legacy.terminationMessagePath) ?? (defaults ? TERMINATION_MESSAGE_PATH : undefined),
    imagePullPolicy: text(
      legacy.imagePullPolicy === '' && defaults
        ? defaultPullPolicy(legacy.image)
        : (PULL_POLICIES[legacy.imagePullPolicy] ?? legacy.imagePullPolicy),
    ),
    securityContext: securityToInternal(legacy.capabilities, legacy.privileged),
  });
}

export function containerFromInternal(container: InternalContainer, dialect: FlatDialect): Draft<typeof CONTAINER> {
  const limits = container.resources?.limits;
  return {
    name: container.name,
    image: container.image,
    command: container.command ?? null,
    workingDir: container.workingDir,
    ports: container.ports ?? null,
    env: container.env?.map(({ name, value }) => ({ name, key: dialect.aliases ? name : undefined, value })) ?? null,
    resources: resourcesToWire(container.resources),
    cpu: milliOf(limits?.['cpu']),
    memory: wholeOf(limits?.['memory']),
    volumeMounts:
      container.volumeMounts?.map(({ name, readOnly, mountPath }) => ({
        name,
        readOnly,
        mountPath,
        path: dialect.aliases ? mountPath : undefined,
      })) ?? null,
    livenessProbe: some(container.livenessProbe, probeFromInternal) ?? null,
    readinessProbe: some(container.readinessProbe, probeFromInternal) ?? null,
    lifecycle: some(container.lifecycle, lifecycleFromInternal) ?? null,
    terminationMessagePath: container.terminationMessagePath,
    privileged: container.securityContext?.privileged,
    imagePullPolicy: pullPolicyToWire(container.imagePullPolicy ?? ''),
    capabilities: capabilitiesFromInternal(container),
  };
}

/** `cpu` (thousandths of a core) and `memory` (bytes) of the container itself win over the limits. */
function resourceRequirements(
  { resources, cpu, memory }: Decoded<typeof CONTAINER>,
  dialect: FlatDialect,
): InternalContainer['resources'] {
  const counts = (value: number): boolean => (dialect.aliases ? value > 0 : value !== 0);
  const limits = {
    ...resourcesToInternal(resources.limits),
    ...(counts(cpu) ? { cpu: milliCores(cpu) } : {}),
    ...(counts(memory) ? { memory: bytes(memory) } : {}),
  };
  return compact<NonNullable<InternalContainer['resources']>>({
    limits: entries(limits),
    requests: resourcesToInternal(resources.requests),
  });
}

function resourcesToWire(resources: InternalContainer['resources']): Draft<typeof RESOURCES> {
  return {
    limits: resourcesFromInternal(resources?.limits),
    requests: resourcesFromInternal(ownRequests(resources)),
  };
}

function pullPolicyToWire(policy: string): string {
  return Object.entries(PULL_POLICIES).find(([, internal]) => internal === policy)?.[0] ?? policy;
}
