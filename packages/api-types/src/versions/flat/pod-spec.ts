import type { InternalPodSpec } from '../shared/internal';
import { compact, entries, flag, items, text } from '../shared/members';
import type { Decoded, Draft } from '../shape/shape';
import { containerFromInternal, containerToInternal } from './container';
import type { FlatDialect } from './meta';
import type { CONTAINER_MANIFEST, POD_STATE, RESTART_POLICY } from './pod-shapes';
import { volumeFromInternal, volumeToInternal } from './volumes';

/** The empty manifest that stands in every current state. */
export const EMPTY_MANIFEST: Draft<typeof CONTAINER_MANIFEST> = {};

/** What one reads of a manifest: its version, id and uuid say nothing. */
export function manifestToInternal(
  manifest: Decoded<typeof CONTAINER_MANIFEST>,
  dialect: FlatDialect,
  defaults: boolean,
): InternalPodSpec {
  const { hostNetwork } = manifest;
  return compact<InternalPodSpec>({
    volumes: items(manifest.volumes, (volume) => volumeToInternal(volume, defaults)),
    containers: (manifest.containers ?? []).map((container) =>
      containerToInternal(container, { dialect, hostNetwork, defaults }),
    ),
    restartPolicy: restartPolicyToInternal(manifest.restartPolicy, defaults),
    dnsPolicy: text(manifest.dnsPolicy) ?? (defaults ? 'ClusterFirst' : undefined),
    hostNetwork: flag(hostNetwork),
  });
}

export function manifestFromInternal(spec: InternalPodSpec, dialect: FlatDialect): Draft<typeof CONTAINER_MANIFEST> {
  return {
    version: 'v1beta2',
    volumes: spec.volumes?.map(volumeFromInternal) ?? null,
    containers: spec.containers.map((container) => containerFromInternal(container, dialect)),
    restartPolicy: restartPolicyFromInternal(spec.restartPolicy),
    dnsPolicy: spec.dnsPolicy,
    hostNetwork: spec.hostNetwork,
  };
}

/** A pod's spec is spread over its desired state and the node selector at the top. */
export function podSpecToInternal(
  desired: Decoded<typeof POD_STATE>,
  nodeSelector: Record<string, string> | null,
  dialect: FlatDialect,
  defaults: boolean,
): InternalPodSpec {
  return compact<InternalPodSpec>({
    ...manifestToInternal(desired.manifest, dialect, defaults),
    nodeSelector: entries(nodeSelector),
    nodeName: text(desired.host),
  });
}

export function desiredStateFromInternal(spec: InternalPodSpec, dialect: FlatDialect): Draft<typeof POD_STATE> {
  return { manifest: manifestFromInternal(spec, dialect), host: spec.nodeName };
}

/** The first of always, never, onFailure that is set wins; unknown keys count as unset, which is always. */
function restartPolicyToInternal(
  { always, never, onFailure }: Decoded<typeof RESTART_POLICY>,
  defaults: boolean,
): string | undefined {
  if (always !== null) return 'Always';
  if (never !== null) return 'Never';
  if (onFailure !== null) return 'OnFailure';
  return defaults ? 'Always' : undefined;
}

function restartPolicyFromInternal(policy: string | undefined): Draft<typeof RESTART_POLICY> {
  switch (policy) {
    case 'Always':
      return { always: {} };
    case 'OnFailure':
      return { onFailure: {} };
    case 'Never':
      return { never: {} };
    default:
      return {};
  }
}
