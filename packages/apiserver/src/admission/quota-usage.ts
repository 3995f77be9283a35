import {
  parseQuantity,
  Quantity,
  type KubeObject,
  type PersistentVolumeClaim,
  type Pod,
  type ResourceDefinition,
  type ResourceQuota,
  type Service,
} from '@kubernetes-mesos/api-types';

/** What a new object costs, by the names of quota resources: `pods`, `requests.cpu`, `services.nodeports`, ... */
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
const ONE = Quantity.fromInteger(1);

/** Pure. */
export function usageOf(definition: ResourceDefinition, object: KubeObject): Usage {
  const { group, names } = definition;
  const counted: Record<string, Quantity> = {
    [`count/${group === '' ? names.plural : `${names.plural}.${group}`}`]: ONE,
    ...(group === '' && COUNTED.has(names.plural) ? { [names.plural]: ONE } : {}),
  };
  if (group !== '') return counted;
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

/** Whether a quota counts an object: its scopes are about pods. */
export function isInScope(quota: ResourceQuota, object: KubeObject): boolean {
  const scopes = quota.spec?.scopes ?? [];
  if (scopes.length === 0) return true;
  if (object.kind !== 'Pod') return false;
  const pod = object as Pod;
  const isTerminating = pod.spec?.activeDeadlineSeconds !== undefined;
  const isBestEffort = !hasAmounts(pod);
  return scopes.every((scope) => {
    switch (scope) {
      case 'Terminating':
        return isTerminating;
      case 'NotTerminating':
        return !isTerminating;
      case 'BestEffort':
        return isBestEffort;
      case 'NotBestEffort':
        return !isBestEffort;
      default:
        return false;
    }
  });
}

function podUsage({ spec }: Pod): Record<string, Quantity> {
  const usage: Record<string, Quantity> = {};
  const add = (name: string, quantity: Quantity): void => {
    usage[name] = usage[name]?.add(quantity) ?? quantity;
  };
  for (const { resources } of spec?.containers ?? []) {
    for (const [name, text] of Object.entries(resources?.requests ?? {})) add(`requests.${name}`, parseQuantity(text));
    for (const [name, text] of Object.entries(resources?.limits ?? {})) add(`limits.${name}`, parseQuantity(text));
  }
  // `cpu` and `memory` are the older names of the requests.
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const request = usage[`requests.${name}`];
    if (request !== undefined) usage[name] = request;
  }
  return usage;
}

function serviceUsage({ spec }: Service): Record<string, Quantity> {
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

function claimUsage({ spec }: PersistentVolumeClaim): Record<string, Quantity> {
  const storage = spec?.resources?.requests?.['storage'];
  return storage === undefined ? {} : { 'requests.storage': parseQuantity(storage) };
}

function hasAmounts({ spec }: Pod): boolean {
  return (spec?.containers ?? []).some(
    ({ resources }) => Object.keys({ ...resources?.requests, ...resources?.limits }).length > 0,
  );
}
