import { forbiddenError, parseQuantity, Quantity, type Pod, type ResourceQuota } from '@kubernetes-mesos/api-types';
import type { AdmissionRequest } from './admission';
import { containerUsage, type Usage } from './quota-usage';

/** What every container of a pod must say when a quota limits it. */
const MUST_SPECIFY: ReadonlySet<string> = new Set([
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
]);

/**
 * The quota with the usage added to what is used; `undefined` when it limits nothing of it. Pure.
 * @throws StatusError 403 when it does not fit, when what is used has not been counted yet, or when a pod does not say
 * what it needs
 */
export function chargedQuota(quota: ResourceQuota, usage: Usage, request: AdmissionRequest): ResourceQuota | undefined {
  const hard = quota.status?.hard ?? {};
  const used = quota.status?.used ?? {};
  const name = quota.metadata.name ?? '';
  const refuse = (detail: string) => forbiddenError(request.resource.resourceName, request.name, detail);
  const unsaid = unsaidAmounts(Object.keys(hard), request);
  if (unsaid !== '') throw refuse(`failed quota: ${name}: must specify ${unsaid}`);
  // A quota limits from when its controller has counted: what it holds to is its status.
  const limited = Object.keys(hard).filter((resource) => usage[resource] !== undefined);
  if (limited.length === 0) return undefined;
  const uncounted = limited.filter((resource) => used[resource] === undefined);
  if (uncounted.length > 0) {
    throw refuse(`status unknown for quota: ${name}, resources: ${[...uncounted].sort().join(',')}`);
  }
  const nextUsed: Record<string, string> = { ...used };
  const exceeded: string[] = [];
  for (const resource of limited) {
    const sum = amount(used, resource).add(usage[resource] ?? Quantity.fromInteger(0));
    if (sum.compare(amount(hard, resource)) > 0) exceeded.push(resource);
    nextUsed[resource] = sum.toString();
  }
  if (exceeded.length > 0) {
    const show = (of: (resource: string) => string): string =>
      [...exceeded]
        .sort()
        .map((resource) => `${resource}=${of(resource)}`)
        .join(',');
    throw refuse(
      `exceeded quota: ${name}, requested: ${show((resource) => usage[resource]?.toString() ?? '0')}, ` +
        `used: ${show((resource) => amount(used, resource).toString())}, ` +
        `limited: ${show((resource) => amount(hard, resource).toString())}`,
    );
  }
  return { ...quota, status: { ...quota.status, used: nextUsed } };
}

/** `limits.cpu for: a,b; requests.cpu for: b`, as upstream lists what containers leave out; `''`: nothing. */
function unsaidAmounts(limited: readonly string[], { resource, object, operation }: AdmissionRequest): string {
  const { group, names } = resource.definition;
  if (group !== '' || names.plural !== 'pods' || operation !== 'CREATE' || object === undefined) return '';
  const { spec } = object as Pod;
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return limited
    .filter((name) => MUST_SPECIFY.has(name))
    .sort()
    .flatMap((name) => {
      const without = containers.filter((container) => containerUsage(container)[name] === undefined);
      const list = without.map((container) => container.name).sort();
      return list.length === 0 ? [] : [`${name} for: ${list.join(',')}`];
    })
    .join('; ');
}

function amount(amounts: Readonly<Record<string, string>>, name: string): Quantity {
  return parseQuantity(amounts[name] ?? '0');
}
