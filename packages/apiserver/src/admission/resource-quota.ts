import {
  conflict,
  hasScopes,
  isPodInScope,
  parseQuantity,
  Quantity,
  type KubeObject,
  type ResourceQuota,
} from '@kubernetes-mesos/api-types';
import { RevisionConflictError, type Storage, type StoredObject } from '@kubernetes-mesos/storage';
import type { ServedResources } from '../api-core';
import type { ServedResource } from '../endpoints/served-resource';
import { OneAtATime } from '../registry/one-at-a-time';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { chargedQuota } from './quota-charge';
import { addedUsage, usageOf, type Usage } from './quota-usage';

/** Attempts to charge a quota that other servers charge at the same time. */
const MAX_ATTEMPTS = 64;
/** What an update can make cost more. */
const GROWING: ReadonlySet<string> = new Set(['persistentvolumeclaims', 'services']);

/** What is known of a namespace that has quotas. */
interface Charges {
  readonly turns: OneAtATime;
  /** Where the guard was, when this server last looked. */
  guardRevision: number;
  /** Where the quotas were after this server's last charge: while they still are, nobody has counted since. */
  lastSeen: string;
}

/**
 * Charges what is written to the quotas of its namespace before it is stored, and refuses what does not fit. Giving back
 * is the quota controller's, who counts anew. It must not count while something is charged and not stored yet: such a
 * count moves the guard that the charged write depends on, which then is charged again. So no count is ever too low,
 * whichever servers write and count.
 */
export class ResourceQuotaPlugin implements AdmissionPlugin {
  readonly name = 'ResourceQuota';
  readonly #quotas: ServedResource;
  readonly #namespaces = new Map<string, Charges>();

  constructor(
    private readonly resources: ServedResources,
    quotas: ServedResource,
    private readonly storage: Pick<Storage, 'guardRevision' | 'moveGuard'>,
  ) {
    this.#quotas = quotas;
  }

  handles(request: AdmissionRequest): boolean {
    const { operation, resource, subresource } = request;
    const { scope, group, names } = resource.definition;
    if (scope !== 'Namespaced') return false;
    if (operation === 'CREATE') return subresource === '';
    if (operation !== 'UPDATE' || group !== '') return false;
    return subresource === '' ? GROWING.has(names.plural) : isCount(request);
  }

  async mutate(request: AdmissionRequest): Promise<void> {
    if (!isCount(request) || request.dryRun) return;
    const { object, old, namespace } = request as { object: ResourceQuota; old: ResourceQuota; namespace: string };
    const { used } = object.status ?? {};
    const before = old.status?.used ?? {};
    const lowered = Object.keys(used ?? {}).filter((name) => isLess(used?.[name], before[name]));
    if (used === undefined || lowered.length === 0) return;
    await this.storage.moveGuard(guardOf(namespace));
    const counted = await this.#count(object, namespace);
    for (const name of lowered) {
      const here = counted[name];
      if (here !== undefined && isLess(used[name], here.toString())) used[name] = here.toString();
    }
  }

  async validate(request: AdmissionRequest): Promise<void> {
    const { namespace, object, old, resource, operation } = request;
    if (object === undefined || isCount(request)) return;
    const quotas = await this.#quotasOf(namespace);
    if (quotas.length === 0) {
      this.#namespaces.delete(namespace);
      return;
    }
    const { definition } = resource;
    const usage = operation === 'CREATE' ? usageOf(definition, object) : addedUsage(definition, object, old ?? object);
    if (!quotas.some((quota) => mayLimit(quota.object, usage))) return;
    const charges = this.#chargesOf(namespace);
    const leave = await charges.turns.enter();
    try {
      await this.#chargeAll(request, usage, charges);
    } finally {
      leave();
    }
  }

  async #chargeAll(request: AdmissionRequest, usage: Usage, charges: Charges): Promise<void> {
    const { object, namespace } = request;
    const all = await this.#quotasOf(namespace);
    const items = all.filter((item) => object !== undefined && isInScope(item.object, object));
    // The guard is from before the charge: who counts after this makes the write fail.
    const name = guardOf(namespace);
    const before = request.guardsBefore?.find((guard) => guard.name === name);
    const isOurs = charges.lastSeen === placesOf(all) && before === undefined;
    const revision = isOurs ? charges.guardRevision : await this.storage.guardRevision(name);
    if (before?.revision === revision && request.operation === 'CREATE') {
      // Something else has moved: what was charged is charged.
      request.guards?.push(before);
      return;
    }
    // What one of them refuses is charged to none.
    for (const item of items) chargedQuota(item.object, usage, request);
    if (request.dryRun) return;
    const places = new Map(all.map(({ key, revision: place }) => [key.name, place]));
    for (const item of items) {
      const charged = await this.#charge(item, usage, request);
      if (charged !== undefined) places.set(item.key.name, charged.revision);
    }
    charges.guardRevision = revision;
    charges.lastSeen = [...places.values()].join(' ');
    request.guards?.push({ name, revision, moves: false });
  }

  /** `undefined` when the quota limits nothing of the usage. */
  async #charge(item: StoredObject, usage: Usage, request: AdmissionRequest): Promise<StoredObject | undefined> {
    let current = item;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const charged = chargedQuota(current.object, usage, request);
      if (charged === undefined) return undefined;
      try {
        return await this.#quotas.store.update(current.key, current.revision, charged);
      } catch (error) {
        if (!(error instanceof RevisionConflictError)) throw error;
        current = error.current;
      }
    }
    throw conflict(this.#quotas.resourceName, item.key.name);
  }

  async #quotasOf(namespace: string): Promise<readonly StoredObject[]> {
    const { items } = await this.#quotas.store.list({ namespace, consistency: { kind: 'any' } });
    return items;
  }

  /** What the objects of a namespace cost, as of now or later. */
  async #count(quota: ResourceQuota, namespace: string): Promise<Usage> {
    const sums: Record<string, Quantity> = Object.fromEntries(
      Object.keys(quota.status?.used ?? {}).map((name) => [name, Quantity.fromInteger(0)]),
    );
    for (const { definition, store } of this.resources.values()) {
      if (definition.scope !== 'Namespaced') continue;
      const { items } = await store.list({ namespace });
      for (const { object } of items) {
        if (!isInScope(quota, object)) continue;
        for (const [name, amount] of Object.entries(usageOf(definition, object))) {
          const sum = sums[name];
          if (sum !== undefined) sums[name] = sum.add(amount);
        }
      }
    }
    return sums;
  }

  #chargesOf(namespace: string): Charges {
    let charges = this.#namespaces.get(namespace);
    if (charges === undefined) {
      charges = { turns: new OneAtATime(), guardRevision: 0, lastSeen: '' };
      this.#namespaces.set(namespace, charges);
    }
    return charges;
  }
}

/** Whether a request says what the objects of a namespace cost. */
function isCount({ operation, resource, subresource }: AdmissionRequest): boolean {
  const { group, names } = resource.definition;
  return operation === 'UPDATE' && subresource === 'status' && group === '' && names.plural === 'resourcequotas';
}

/** Nothing said is less than anything that can be counted. */
function isLess(amount: string | undefined, other: string | undefined): boolean {
  if (amount === undefined) return false;
  return other === undefined || parseQuantity(amount).compare(parseQuantity(other)) < 0;
}

/** Whether a quota limits anything of a usage, or will when it has been counted. Pods have to say what they need. */
function mayLimit({ spec, status }: ResourceQuota, usage: Usage): boolean {
  if (usage['pods'] !== undefined) return true;
  return [spec?.hard, status?.hard].some((hard) => Object.keys(hard ?? {}).some((name) => usage[name] !== undefined));
}

function placesOf(quotas: readonly StoredObject[]): string {
  return quotas.map(({ revision }) => revision).join(' ');
}

function guardOf(namespace: string): string {
  return `quota/${namespace}`;
}

/** Scopes are about pods. */
function isInScope(quota: ResourceQuota, object: KubeObject): boolean {
  return !hasScopes(quota) || (object.kind === 'Pod' && isPodInScope(quota, object));
}
