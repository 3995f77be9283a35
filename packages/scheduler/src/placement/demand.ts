import { parseQuantity, type Affinity, type Container, type Pod, type Toleration } from '@kubernetes-mesos/api-types';
import { toMilli, UNRESERVED, type Milli } from '@kubernetes-mesos/mesos';
import { ROLES } from '../annotations';
import { podUid, type PodUid } from '../ids';
import { portDemandsOf, type PortDemand, type PortMappingMode } from './ports';

/** All that placement needs to know about a pod, worked out once when the pod arrives. */
export interface PodDemand {
  readonly uid: PodUid;
  /** `namespace/name` */
  readonly key: string;
  /** Mesos scalars, e.g. `cpus` in milli-CPUs, `mem` in thousandths of a MB. */
  readonly scalars: ReadonlyMap<string, Milli>;
  readonly ports: readonly PortDemand[];
  /** Reservation roles to take from, in order of preference; `*` is what nobody reserved. */
  readonly roles: readonly string[];
  /** Only this node will do. */
  readonly nodeName: string | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly nodeAffinity: Affinity['nodeAffinity'];
  readonly tolerations: readonly Toleration[];
  /** Equal for pods that fit exactly the same offers. */
  readonly signature: string;
}

export interface DemandRules {
  /** For a container that says nothing about CPU. */
  readonly defaultCpus: Milli;
  /** For a container that says nothing about memory; thousandths of a MB. */
  readonly defaultMem: Milli;
  readonly defaultRoles: readonly string[];
  /** Roles that the framework may use; others that a pod names are passed over. */
  readonly frameworkRoles: readonly string[];
  readonly defaultPortMapping: PortMappingMode;
}

/** Why no offer could ever fit the pod, until the pod itself changes. */
export interface DemandProblem {
  readonly problem: string;
}

/** Mesos takes no task without resources, and cannot contain one in less. */
const MIN_CPUS: Milli = 10;
const MIN_MEM: Milli = toMilli(32);

const BYTES_PER_MB = 1024n * 1024n;

export function demandOf(pod: Pod, rules: DemandRules): PodDemand | DemandProblem {
  const spec = pod.spec;
  const { uid = '', name = '', namespace = 'default', annotations = {}, labels = {} } = pod.metadata;
  if (spec === undefined) return { problem: 'the pod has no spec' };
  const scalars = scalarsOf(pod, rules);
  if ('problem' in scalars) return scalars;
  const ports = portDemandsOf(spec.containers, {
    labels,
    hostNetwork: spec.hostNetwork === true,
    defaultMode: rules.defaultPortMapping,
  });
  if ('problem' in ports) return ports;
  const shape = {
    ports: ports.demands,
    roles: rolesOf(annotations[ROLES], rules),
    nodeName: spec.nodeName === undefined || spec.nodeName === '' ? undefined : spec.nodeName,
    nodeSelector: spec.nodeSelector ?? {},
    nodeAffinity: spec.affinity?.nodeAffinity,
    tolerations: spec.tolerations ?? [],
  };
  return {
    uid: podUid(uid),
    key: `${namespace}/${name}`,
    scalars: scalars.scalars,
    ...shape,
    signature: JSON.stringify([[...scalars.scalars], { ...shape, ports: shape.ports.map(fitsAlike) }]),
  };
}

export function isDemandProblem(demand: PodDemand | DemandProblem): demand is DemandProblem {
  return 'problem' in demand;
}

/** Container ports and names do not decide where a pod fits; host ports do. */
function fitsAlike(port: PortDemand): unknown {
  return [port.hostPort, port.protocol];
}

/** The pod's own wish, less the roles that the framework does not have; the default when nothing is left. */
function rolesOf(text: string | undefined, rules: DemandRules): readonly string[] {
  const wanted = (text ?? '')
    .split(',')
    .map((role) => role.trim())
    .filter((role) => rules.frameworkRoles.includes(role));
  const unique = [...new Set(wanted)];
  return unique.length > 0 ? unique : rules.defaultRoles.length > 0 ? rules.defaultRoles : [UNRESERVED];
}

type Scalars = Map<string, Milli>;

/**
 * What the containers ask for together (request, else limit, else default), or the largest init container if that is
 * more, plus the pod's overhead.
 */
function scalarsOf(pod: Pod, rules: DemandRules): { readonly scalars: Scalars } | DemandProblem {
  const spec = pod.spec;
  try {
    const total: Scalars = new Map();
    for (const container of spec?.containers ?? []) addAll(total, containerScalars(container, rules));
    const peak: Scalars = new Map();
    for (const container of spec?.initContainers ?? []) {
      const own = containerScalars(container, rules);
      if (container.restartPolicy === 'Always') addAll(total, own);
      else raiseAll(peak, own);
    }
    raiseAll(total, peak);
    for (const [name, quantity] of Object.entries(spec?.overhead ?? {})) {
      addAll(total, new Map([[mesosName(name), milliOf(name, quantity)]]));
    }
    total.set('cpus', Math.max(MIN_CPUS, total.get('cpus') ?? 0));
    total.set('mem', Math.max(MIN_MEM, total.get('mem') ?? 0));
    for (const [name, milli] of total) if (milli === 0) total.delete(name);
    return { scalars: new Map([...total].sort(([a], [b]) => (a < b ? -1 : 1))) };
  } catch (error) {
    return { problem: `a resource quantity cannot be read: ${String(error)}` };
  }
}

function containerScalars(container: Container, rules: DemandRules): Scalars {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const scalars: Scalars = new Map([
    ['cpus', rules.defaultCpus],
    ['mem', rules.defaultMem],
  ]);
  for (const [name, quantity] of Object.entries({ ...limits, ...requests })) {
    scalars.set(mesosName(name), milliOf(name, quantity));
  }
  return scalars;
}

function mesosName(name: string): string {
  switch (name) {
    case 'cpu':
      return 'cpus';
    case 'memory':
      return 'mem';
    case 'ephemeral-storage':
      return 'disk';
    case 'nvidia.com/gpu':
      return 'gpus';
    default:
      return name;
  }
}

/** Rounded up: what a pod asks for it gets. */
function milliOf(name: string, text: string): Milli {
  const quantity = parseQuantity(text);
  if (name !== 'memory' && name !== 'ephemeral-storage') return Number(quantity.milliValue);
  const thousandths = quantity.value * 1000n;
  return Number((thousandths + BYTES_PER_MB - 1n) / BYTES_PER_MB);
}

function addAll(into: Scalars, scalars: Scalars): void {
  for (const [name, milli] of scalars) into.set(name, (into.get(name) ?? 0) + milli);
}
function raiseAll(into: Scalars, scalars: Scalars): void {
  for (const [name, milli] of scalars) into.set(name, Math.max(into.get(name) ?? 0, milli));
}
