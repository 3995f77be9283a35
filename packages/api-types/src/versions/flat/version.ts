import type { LegacyApiVersion, SelfLinkTarget } from '../legacy-api-version';
import type { LegacyKind } from '../legacy-kind';
import { FLAT_RESOURCES } from '../resources';
import { defineVersion } from '../define-version';
import { flatBinding } from './binding';
import { decodeDeleteOptions } from './delete-options';
import { flatEndpoints } from './endpoints';
import { flatEvent } from './event';
import { flatLimitRange } from './limit-range';
import { encodeList } from './list';
import type { FlatDialect } from './meta';
import { flatNamespace } from './namespace';
import { flatNode } from './node';
import { flatPersistentVolume } from './persistent-volume';
import { flatPersistentVolumeClaim } from './persistent-volume-claim';
import { flatPod } from './pod';
import { flatPodStatusResult } from './pod-status-result';
import { flatReplicationController } from './replication-controller';
import { flatResourceQuota } from './resource-quota';
import { flatSecret } from './secret';
import { flatService } from './service';
import { decodeStatus, encodeStatus } from './status';

/** v1beta1 or v1beta2: metadata in the object itself, namespaces in the query. */
export function flatVersion(dialect: FlatDialect): LegacyApiVersion {
  const kinds: readonly LegacyKind[] = [
    flatBinding(dialect),
    flatEndpoints(dialect),
    flatEvent(dialect),
    flatLimitRange(dialect),
    flatNamespace(dialect),
    flatNode(dialect),
    flatPersistentVolume(dialect),
    flatPersistentVolumeClaim(dialect),
    flatPod(dialect),
    flatPodStatusResult(dialect),
    flatReplicationController(dialect),
    flatResourceQuota(dialect),
    flatSecret(dialect),
    flatService(dialect),
  ];
  return defineVersion({
    name: dialect.apiVersion,
    layout: 'flat',
    parameters: { labels: 'labels', fields: 'fields' },
    resources: FLAT_RESOURCES,
    kinds,
    selfLink: (target) => selfLink(dialect.apiVersion, target),
    encodeList: (resource, kind, list) => encodeList(resource, kind, list, dialect),
    encodeStatus: (status) => encodeStatus(status, dialect),
    decodeStatus,
    decodeDeleteOptions,
  });
}

function selfLink(version: string, { resource, namespace, name, subresource }: SelfLinkTarget): string {
  const parts = ['/api', version, resource.urlName, name, subresource].filter((part) => part !== undefined);
  return resource.namespaced ? `${parts.join('/')}?namespace=${namespace}` : parts.join('/');
}
