import { defineKind } from '../legacy-kind';
import type { InternalService } from '../shared/internal';
import { serviceFromInternal, serviceToInternal } from '../shared/service';
import { bool, int, intOrString, list, map, opt, str, struct } from '../shape/shape';
import { API_VERSION, OBJECT_META, TYPE_META, metaFromInternal, metaToInternal } from './meta';

const SERVICE = struct('v1beta3.Service', {
  ...TYPE_META,
  metadata: OBJECT_META,
  spec: struct('v1beta3.ServiceSpec', {
    port: int,
    protocol: opt(str),
    selector: map(str),
    portalIP: opt(str),
    createExternalLoadBalancer: opt(bool),
    publicIPs: opt(list(str)),
    targetPort: intOrString,
    sessionAffinity: opt(str),
  }),
  status: struct('v1beta3.ServiceStatus', {}),
});

/** Without a target port it is the service's own, set when decoded. */
export const service = defineKind<InternalService, typeof SERVICE>({
  kind: 'Service',
  apiVersion: API_VERSION,
  shape: SERVICE,
  toInternal: ({ metadata, spec }, defaults) => {
    const unset = spec.targetPort === 0 || spec.targetPort === '';
    const targetPort = unset && defaults ? spec.port : spec.targetPort;
    return serviceToInternal(metaToInternal(metadata), { ...spec, targetPort }, defaults);
  },
  fromInternal: (object) => ({ metadata: metaFromInternal(object.metadata), spec: serviceFromInternal(object) }),
});
