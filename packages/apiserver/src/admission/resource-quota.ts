import { conflict, forbiddenError, parseQuantity, Quantity, type ResourceQuota } from '@kubernetes-mesos/api-types';
import { RevisionConflictError, type StoredObject } from '@kubernetes-mesos/storage';
import type { ServedResource } from '../endpoints/served-resource';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { isInScope, usageOf, type Usage } from './quota-usage';

/** Attempts to charge a quota that others charge at the same time. */
const MAX_ATTEMPTS = 16;

/**
 * Charges creations to the quotas of their namespace before they are stored, and refuses what does not fit. Giving back
 * is the quota controller's: it counts anew what there is.
 */
export class ResourceQuotaPlugin implements AdmissionPlugin {
  readonly name = 'ResourceQuota';

  constructor(private readonly quotas: ServedResource) {}

  handles({ operation, resource, subresource }: AdmissionRequest): boolean {
    if (subresource !== '' || operation !== 'CREATE') return false;
    return resource.definition.scope === 'Namespaced';
  }

  async validate(request: AdmissionRequest): Promise<void> {
    const { items } = await this.quotas.store.list({ namespace: request.namespace, consistency: { kind: 'any' } });
    if (items.length === 0 || request.object === undefined) return;
    const usage = usageOf(request.resource.definition, request.object);
    if (Object.keys(usage).length === 0) return;
    for (const item of items) {
      const quota = item.object as ResourceQuota;
      if (!isInScope(quota, request.object)) continue;
      await this.#charge(item, usage, request);
    }
  }

  async #charge(item: StoredObject, usage: Usage, request: AdmissionRequest): Promise<void> {
    let current = item;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const charged = chargedQuota(current.object, usage, request);
      if (charged === undefined || request.dryRun) return;
      try {
        await this.quotas.store.update(current.key, current.revision, charged);
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflictError)) throw error;
        current = error.current;
      }
    }
    throw conflict(this.quotas.resourceName, item.key.name);
  }
}

/**
 * The quota with the usage added to what is used; `undefined` when it limits nothing of it. Pure.
 * @throws StatusError 403 when it does not fit, or when what is used has not been counted yet
 */
export function chargedQuota(quota: ResourceQuota, usage: Usage, request: AdmissionRequest): ResourceQuota | undefined {
  const hard = quota.status?.hard ?? {};
  const used = quota.status?.used ?? {};
  // A quota limits from when its controller has counted: what it holds to is its status.
  const limited = Object.keys(hard).filter((name) => usage[name] !== undefined);
  if (limited.length === 0) return undefined;
  const name = quota.metadata.name ?? '';
  const refuse = (detail: string) => forbiddenError(request.resource.resourceName, request.name, detail);
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

function amount(amounts: Readonly<Record<string, string>>, name: string): Quantity {
  return parseQuantity(amounts[name] ?? '0');
}
