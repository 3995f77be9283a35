import {
  parseQuantity,
  Quantity,
  type Container,
  type KubeObject,
  type PersistentVolumeClaim,
  type Pod,
  type ResourceDefinition,
  type Service,
} from '@kubernetes-mesos/api-types';

/** What an object costs, by the names of quota resources: `pods`, `requests.cpu`, `services.nodeports`, ... */
export type Usage = Readonly<Record<string, Quantity>>;

/** Core resources that are counted under their own name. */
const COUNTED: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);
/** Requests that quotas also know without `requests.`, their older name. */
const ALSO_PLAIN = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;
/** Containers' limits that quotas know. */
const LIMITED: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const ONE = Quantity.fromInteger(1);

/** Pure. A pod that has ended is an object that is kept, and nothing else. */
export function usageOf(definition: ResourceDefinition, object: KubeObject): Usage {
  const { group, names } = definition;
  const counted: Record<string, Quantity> = {
    [`count/${group === '' ? names.plural : `${names.plural}.${group}`}`]: ONE,
  };
  if (group !== '' || (names.plural === 'pods' && hasEnded(object))) return counted;
  if (COUNTED.has(names.plural)) counted[names.plural] = ONE;
  switch (names.plural) {
    case 'pods':
      return { ...counted, ...podUsage(object) };
    case 'services':
      return { ...counted, ...serviceUsage(object) };
    case 'persistentvolumeclaims':
      return { ...counted, ...claimUsage(object) };
    default:
      return counted;
  }
}

/** What `object` costs more than `old`; what it costs less is the quota controller's to give back. Pure. */
export function addedUsage(definition: ResourceDefinition, object: KubeObject, old: KubeObject): Usage {
  const before = usageOf(definition, old);
  const added: Record<string, Quantity> = {};
  for (const [name, amount] of Object.entries(usageOf(definition, object))) {
    const more = amount.subtract(before[name] ?? Quantity.fromInteger(0));
    if (more.compare(Quantity.fromInteger(0)) > 0) added[name] = more;
  }
  return added;
}

/** The amounts of one container under the names that quotas have for them. */
export function containerUsage({ resources }: Container): Usage {
  const usage: Record<string, Quantity> = {};
  for (const [name, text] of Object.entries(resources?.requests ?? {})) {
    const amount = parseQuantity(text);
    usage[`requests.${name}`] = amount;
    if (ALSO_PLAIN.test(name)) usage[name] = amount;
  }
  for (const [name, text] of Object.entries(resources?.limits ?? {})) {
    if (LIMITED.has(name)) usage[`limits.${name}`] = parseQuantity(text);
  }
  return usage;
}

/** The sum over the containers, or what one init container takes if that is more. */
function podUsage({ spec }: Pod): Usage {
  const usage: Record<string, Quantity> = {};
  for (const container of spec?.containers ?? []) {
    for (const [name, amount] of Object.entries(containerUsage(container))) {
      usage[name] = usage[name]?.add(amount) ?? amount;
    }
  }
  for (const container of spec?.initContainers ?? []) {
    for (const [name, amount] of Object.entries(containerUsage(container))) {
      const known = usage[name];
      if (known === undefined || amount.compare(known) > 0) usage[name] = amount;
    }
  }
  return usage;
}

function serviceUsage({ spec }: Service): Usage {
  const ports = Quantity.fromInteger((spec?.ports ?? []).length);
  switch (spec?.type) {
    case 'NodePort':
      return { 'services.nodeports': ports };
    case 'LoadBalancer':
      return { 'services.loadbalancers': ONE, 'services.nodeports': ports };
    default:
      return {};
  }
}

function claimUsage({ metadata, spec }: PersistentVolumeClaim): Usage {
  const storage = spec?.resources?.requests?.['storage'];
  const requested = storage === undefined ? {} : { 'requests.storage': parseQuantity(storage) };
  const className = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
  if (className === '') return requested;
  const ofClass = (name: string): string => `${className}.storageclass.storage.k8s.io/${name}`;
  return {
    ...requested,
    [ofClass('persistentvolumeclaims')]: ONE,
    ...Object.fromEntries(Object.entries(requested).map(([name, amount]) => [ofClass(name), amount])),
  };
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
