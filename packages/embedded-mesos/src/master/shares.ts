import type { Resource } from '@kubernetes-mesos/mesos';

type Totals = Map<string, number>;

/**
 * What is allocated or offered, per role and per framework within it, and the dominant share of each: the largest of its
 * fractions of the cluster's scalar resources. The allocator serves the smallest share first.
 */
export class Shares {
  readonly #total: Totals = new Map();
  readonly #roles = new Map<string, Totals>();
  readonly #frameworks = new Map<string, Map<string, Totals>>();

  addTotal(resources: readonly Resource[], sign: 1 | -1): void {
    addScalars(this.#total, resources, sign);
  }

  add(role: string, frameworkId: string, resources: readonly Resource[], sign: 1 | -1): void {
    addScalars(entry(this.#roles, role), resources, sign);
    let frameworks = this.#frameworks.get(role);
    if (frameworks === undefined) this.#frameworks.set(role, (frameworks = new Map<string, Totals>()));
    addScalars(entry(frameworks, frameworkId), resources, sign);
  }

  forgetFramework(frameworkId: string): void {
    for (const frameworks of this.#frameworks.values()) frameworks.delete(frameworkId);
  }

  /** Divided by the role's weight. */
  ofRole(role: string, weight = 1): number {
    return this.#dominant(this.#roles.get(role)) / weight;
  }

  ofFramework(role: string, frameworkId: string): number {
    return this.#dominant(this.#frameworks.get(role)?.get(frameworkId));
  }

  total(name: string): number {
    return this.#total.get(name) ?? 0;
  }

  #dominant(totals: Totals | undefined): number {
    let share = 0;
    if (totals === undefined) return share;
    for (const [name, amount] of totals) {
      const total = this.#total.get(name) ?? 0;
      if (total > 0) share = Math.max(share, amount / total);
    }
    return share;
  }
}

function entry(map: Map<string, Totals>, key: string): Totals {
  let totals = map.get(key);
  if (totals === undefined) map.set(key, (totals = new Map<string, number>()));
  return totals;
}

/** In thousandths, so that sums come back to zero. */
function addScalars(totals: Totals, resources: readonly Resource[], sign: 1 | -1): void {
  for (const resource of resources) {
    if (resource.type !== 'SCALAR') continue;
    const milli = Math.round((resource.scalar?.value ?? 0) * 1000) * sign;
    totals.set(resource.name, (totals.get(resource.name) ?? 0) + milli);
  }
}
