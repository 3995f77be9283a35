import type { ObjectMeta } from '../../machinery/object';
import type { InternalPod } from '../shared/internal';
import { compact, text } from '../shared/members';
import { decode } from '../shape/decode';
import { CONTAINER_MANIFEST } from './pod-shapes';
import { manifestToInternal } from './pod-spec';

/** v1beta1's second names are read too: manifests are files, written at any time. */
const DIALECT = { apiVersion: 'v1beta1', aliases: true } as const;

/**
 * The pod that a container manifest describes: what kubelets read from files before there were pods in them. Its id is
 * the pod's name, its uuid the uid.
 * @throws LegacyDecodeError
 */
export function podOfContainerManifest(manifest: Record<string, unknown>): InternalPod {
  const legacy = decode(CONTAINER_MANIFEST, manifest);
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: compact<ObjectMeta>({ name: text(legacy.id), uid: text(legacy.uuid), creationTimestamp: null }),
    spec: manifestToInternal(legacy, DIALECT, true),
  };
}
