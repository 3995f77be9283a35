import { defineKind, type LegacyKind } from '../legacy-kind';
import type { InternalService } from '../shared/internal';
import { serviceFromInternal, serviceToInternal } from '../shared/service';
import { bool, int, intOrString, list, map, opt, str, struct } from '../shape/shape';
import { META, metaFromInternal, metaToInternal, type FlatDialect } from './meta';

const SERVICE = struct('v1beta1.Service', {
  ...META,
  port: int,
  protocol: opt(str),
  labels: opt(map(str)),
  selector: map(str),
  createExternalLoadBalancer: opt(bool),
  publicIPs: opt(list(str)),
  containerPort: intOrString,
  portalIP: opt(str),
  proxyPort: opt(int),
  sessionAffinity: opt(str),
});

/** `proxyPort` is read and dropped. */
export function flatService(dialect: FlatDialect): LegacyKind {
  return defineKind<InternalService, typeof SERVICE>({
    kind: 'Service',
    apiVersion: dialect.apiVersion,
    shape: SERVICE,
    toInternal: (legacy, defaults) =>
      serviceToInternal(
        metaToInternal(legacy, legacy.labels),
        { ...legacy, targetPort: legacy.containerPort },
        defaults,
      ),
    fromInternal: (service) => {
      const { targetPort, ...value } = serviceFromInternal(service);
      return {
        ...metaFromInternal(service.metadata),
        ...value,
        labels: service.metadata.labels ?? null,
        containerPort: targetPort,
      };
    },
  });
}
