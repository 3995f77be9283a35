import { defineVersion } from '../define-version';
import type { SelfLinkTarget } from '../legacy-api-version';
import { PATH_RESOURCES } from '../resources';
import { binding } from './binding';
import { decodeDeleteOptions } from './delete-options';
import { endpoints } from './endpoints';
import { event } from './event';
import { limitRange } from './limit-range';
import { encodeList } from './list';
import { API_VERSION } from './meta';
import { namespace } from './namespace';
import { node } from './node';
import { persistentVolume } from './persistent-volume';
import { persistentVolumeClaim } from './persistent-volume-claim';
import { pod } from './pod';
import { podStatusResult } from './pod-status-result';
import { replicationController } from './replication-controller';
import { resourceQuota } from './resource-quota';
import { secret } from './secret';
import { service } from './service';
import { decodeStatus, encodeStatus } from './status';

export const v1beta3 = defineVersion({
  name: API_VERSION,
  layout: 'path',
  parameters: { labels: 'labelSelector', fields: 'fieldSelector' },
  resources: PATH_RESOURCES,
  kinds: [
    binding,
    endpoints,
    event,
    limitRange,
    namespace,
    node,
    persistentVolume,
    persistentVolumeClaim,
    pod,
    podStatusResult,
    replicationController,
    resourceQuota,
    secret,
    service,
  ],
  selfLink,
  encodeList,
  encodeStatus,
  decodeStatus,
  decodeDeleteOptions,
});

/** An empty namespace is that of no namespace in particular: all of them, in a list. */
function selfLink({ resource, namespace: within, name, subresource }: SelfLinkTarget): string {
  const scope = resource.namespaced && within !== '' ? ['namespaces', within] : [];
  const parts = ['/api', API_VERSION, ...scope, resource.urlName, name, subresource];
  return parts.filter((part) => part !== undefined).join('/');
}
