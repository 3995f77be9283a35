import type { ObjectMeta } from '../../machinery/object';
import { TARGET_PORT_UNSET } from './carried';
import type { InternalService, InternalServicePort, InternalServiceSpec, IntOrString } from './internal';
import { compact, entries, flag, strings, text } from './members';

/** One port of a service. */
export interface ServicePortValue {
  /** Of one among several. */
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
  /** 0 is none: the service's own port. */
  readonly targetPort: IntOrString;
}

/** The members of a service that the older versions have in common; they write one port only. */
export interface ServiceValue extends ServicePortValue {
  readonly selector: Record<string, string> | null;
  readonly createExternalLoadBalancer: boolean;
  readonly publicIPs: string[] | null;
  readonly portalIP: string;
  readonly sessionAffinity: string;
}

export function serviceToInternal(
  metadata: ObjectMeta,
  value: ServiceValue,
  defaults: boolean,
  others: readonly ServicePortValue[] = [],
): InternalService {
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: value.targetPort === 0 ? withTargetPortUnset(metadata) : metadata,
    spec: compact<InternalServiceSpec>({
      ports: [value, ...others].map((port) =>
        compact<InternalServicePort>({
          name: text(port.name ?? ''),
          protocol: text(port.protocol) ?? (defaults ? 'TCP' : undefined),
          port: port.port,
          targetPort: port.targetPort === 0 ? undefined : port.targetPort,
        }),
      ),
      selector: entries(value.selector),
      clusterIP: text(value.portalIP),
      type: value.createExternalLoadBalancer ? 'LoadBalancer' : undefined,
      externalIPs: strings(value.publicIPs),
      sessionAffinity: text(value.sessionAffinity) ?? (defaults ? 'None' : undefined),
    }),
  };
}

/** Of several ports the first is shown. */
export function serviceFromInternal({ metadata, spec }: InternalService): ServiceValue {
  const port = spec.ports?.[0];
  return {
    port: port?.port ?? 0,
    protocol: port?.protocol ?? '',
    selector: spec.selector ?? null,
    createExternalLoadBalancer: flag(spec.type === 'LoadBalancer') ?? false,
    publicIPs: spec.externalIPs ?? null,
    targetPort: targetPortOf(metadata, port),
    portalIP: spec.clusterIP ?? '',
    sessionAffinity: spec.sessionAffinity ?? '',
  };
}

function withTargetPortUnset(metadata: ObjectMeta): ObjectMeta {
  return { ...metadata, annotations: { ...metadata.annotations, [TARGET_PORT_UNSET]: 'true' } };
}

/** The API server's own services named no target port: their endpoints say where they lead. */
function isServersOwn({ labels = {} }: ObjectMeta): boolean {
  return labels['component'] === 'apiserver' && labels['provider'] === 'kubernetes';
}

function targetPortOf(metadata: ObjectMeta, port: InternalServicePort | undefined): IntOrString {
  const target = port?.targetPort ?? 0;
  const unset = metadata.annotations?.[TARGET_PORT_UNSET] !== undefined && target === port?.port;
  return unset || isServersOwn(metadata) ? 0 : target;
}
