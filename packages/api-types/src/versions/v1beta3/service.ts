import { defineKind } from '../legacy-kind';
import type { InternalService } from '../shared/internal';
import { serviceFromInternal, serviceToInternal, type ServicePortValue } from '../shared/service';
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
    // Later releases have several ports. They are read where `port` is not given, and never written.
    ports: opt(
      list(struct('v1beta3.ServicePort', { name: opt(str), protocol: opt(str), port: int, targetPort: intOrString })),
    ),
  }),
  status: struct('v1beta3.ServiceStatus', {}),
});

/** Without a target port it is the service's own, set when decoded. */
export const service = defineKind<InternalService, typeof SERVICE>({
  kind: 'Service',
  apiVersion: API_VERSION,
  shape: SERVICE,
  toInternal: ({ metadata, spec: { ports, ...spec } }, defaults) => {
    const withTarget = <P extends ServicePortValue>(port: P): P => {
      const unset = port.targetPort === 0 || port.targetPort === '';
      return unset && defaults ? { ...port, targetPort: port.port } : port;
    };
    const [first, ...others] = spec.port === 0 ? (ports ?? []) : [];
    const value = withTarget(first === undefined ? spec : { ...spec, ...first });
    return serviceToInternal(metaToInternal(metadata), value, defaults, others.map(withTarget));
  },
  fromInternal: (object) => ({ metadata: metaFromInternal(object.metadata), spec: serviceFromInternal(object) }),
});
