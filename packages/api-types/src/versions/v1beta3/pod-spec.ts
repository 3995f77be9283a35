import type { InternalContainer, InternalPodSpec, InternalVolume } from '../shared/internal';
import { compact, count, entries, flag, items, some, strings, text, unlessEmpty } from '../shared/members';
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
import type { CONTAINER, POD_SPEC, VOLUME } from './pod-shapes';
import { resourcesFromInternal, resourcesToInternal } from './quantities';

export function podSpecToInternal(legacy: Decoded<typeof POD_SPEC>, defaults: boolean): InternalPodSpec {
  return compact<InternalPodSpec>({
    volumes: items(legacy.volumes, (volume) => volumeToInternal(volume, defaults)),
    containers: (legacy.containers ?? []).map((container) =>
      containerToInternal(container, legacy.hostNetwork, defaults),
    ),
    restartPolicy: text(legacy.restartPolicy) ?? (defaults ? 'Always' : undefined),
    dnsPolicy: text(legacy.dnsPolicy) ?? (defaults ? 'ClusterFirst' : undefined),
    nodeSelector: entries(legacy.nodeSelector),
    nodeName: text(legacy.host),
    hostNetwork: flag(legacy.hostNetwork),
    serviceAccountName: text(legacy.serviceAccount),
  });
}

export function podSpecFromInternal(spec: InternalPodSpec): Draft<typeof POD_SPEC> {
  return {
    volumes: spec.volumes?.map(volumeFromInternal) ?? null,
    containers: spec.containers.map(containerFromInternal),
    restartPolicy: spec.restartPolicy,
    dnsPolicy: spec.dnsPolicy,
    nodeSelector: spec.nodeSelector ?? null,
    host: spec.nodeName,
    hostNetwork: spec.hostNetwork,
  };
}

/** A volume without any source is an empty directory. */
function volumeToInternal({ name, ...source }: Decoded<typeof VOLUME>, defaults: boolean): InternalVolume {
  const sources = compact<Omit<InternalVolume, 'name'>>({
    hostPath: some(source.hostPath, ({ path }) => ({ path })),
    emptyDir: some(source.emptyDir, ({ medium }) => compact<{ medium?: string }>({ medium: text(medium) })),
    gcePersistentDisk: some(source.gcePersistentDisk, (disk) =>
      compact<NonNullable<InternalVolume['gcePersistentDisk']>>({
        pdName: disk.pdName,
        fsType: text(disk.fsType),
        partition: count(disk.partition),
        readOnly: flag(disk.readOnly),
      }),
    ),
    gitRepo: some(source.gitRepo, ({ repository, revision }) =>
      compact<NonNullable<InternalVolume['gitRepo']>>({ repository, revision: text(revision) }),
    ),
    secret: some(source.secret, ({ secretName }) => compact<{ secretName?: string }>({ secretName: text(secretName) })),
    nfs: some(source.nfs, ({ server, path, readOnly }) =>
      compact<NonNullable<InternalVolume['nfs']>>({ server, path, readOnly: flag(readOnly) }),
    ),
  });
  return { name, ...(unlessEmpty(sources) ?? (defaults ? { emptyDir: {} } : {})) };
}

function volumeFromInternal(volume: InternalVolume): Draft<typeof VOLUME> {
  return {
    name: volume.name,
    hostPath: volume.hostPath ?? null,
    emptyDir: volume.emptyDir ?? null,
    gcePersistentDisk: volume.gcePersistentDisk ?? null,
    gitRepo: volume.gitRepo ?? null,
    secret: volume.secret ?? null,
    nfs: volume.nfs ?? null,
  };
}

function containerToInternal(
  legacy: Decoded<typeof CONTAINER>,
  hostNetwork: boolean,
  defaults: boolean,
): InternalContainer {
  return compact<InternalContainer>({
    name: legacy.name,
    image: text(legacy.image),
    command: strings(legacy.command),
    args: strings(legacy.args),
    workingDir: text(legacy.workingDir),
    ports: portsToInternal(legacy.ports, hostNetwork, defaults),
    env: items(legacy.env, ({ name, value }) =>
      compact<{ name: string; value?: string }>({ name, value: text(value) }),
    ),
    resources: compact<NonNullable<InternalContainer['resources']>>({
      limits: resourcesToInternal(legacy.resources.limits),
      requests: resourcesToInternal(legacy.resources.requests),
    }),
    volumeMounts: items(legacy.volumeMounts, ({ name, readOnly, mountPath }) =>
      compact<{ name: string; readOnly?: boolean; mountPath: string }>({ name, readOnly: flag(readOnly), mountPath }),
    ),
    livenessProbe: some(legacy.livenessProbe, (probe) => probeToInternal(probe, defaults)),
    readinessProbe: some(legacy.readinessProbe, (probe) => probeToInternal(probe, defaults)),
    lifecycle: some(legacy.lifecycle, (lifecycle) => lifecycleToInternal(lifecycle, defaults)),
    terminationMessagePath: text(legacy.terminationMessagePath) ?? (defaults ? TERMINATION_MESSAGE_PATH : undefined),
    imagePullPolicy: text(legacy.imagePullPolicy) ?? (defaults ? defaultPullPolicy(legacy.image) : undefined),
    securityContext: securityOf(legacy),
  });
}

/** What the container says itself, and what it does not say from the security context of later releases. */
function securityOf({
  capabilities,
  privileged,
  securityContext,
}: Decoded<typeof CONTAINER>): InternalContainer['securityContext'] {
  const own = securityToInternal(capabilities, privileged);
  if (securityContext === null) return own;
  const { runAsUser } = securityContext;
  return unlessEmpty({
    ...securityToInternal(securityContext.capabilities, securityContext.privileged),
    ...(runAsUser === 0 ? {} : { runAsUser }),
    ...own,
  });
}

function containerFromInternal(container: InternalContainer): Draft<typeof CONTAINER> {
  return {
    name: container.name,
    image: container.image,
    command: container.command ?? null,
    workingDir: container.workingDir,
    ports: container.ports ?? null,
    env: container.env ?? null,
    resources: {
      limits: resourcesFromInternal(container.resources?.limits),
      requests: resourcesFromInternal(ownRequests(container.resources)),
    },
    volumeMounts: container.volumeMounts ?? null,
    livenessProbe: some(container.livenessProbe, probeFromInternal) ?? null,
    readinessProbe: some(container.readinessProbe, probeFromInternal) ?? null,
    lifecycle: some(container.lifecycle, lifecycleFromInternal) ?? null,
    terminationMessagePath: container.terminationMessagePath,
    privileged: container.securityContext?.privileged,
    imagePullPolicy: container.imagePullPolicy,
    capabilities: capabilitiesFromInternal(container),
  };
}
