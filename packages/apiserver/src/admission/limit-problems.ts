import type { Quantity } from '@kubernetes-mesos/api-types';
import {
  parseQuantity,
  type Container,
  type KubeObject,
  type LimitRangeItem,
  type PersistentVolumeClaim,
  type Pod,
} from '@kubernetes-mesos/api-types';

interface Amounts {
  readonly requests: Readonly<Record<string, Quantity>>;
  readonly limits: Readonly<Record<string, Quantity>>;
}

/** What a new object demands that the limits of its namespace do not allow, in upstream's words; pure. */
export function limitProblems(limits: readonly LimitRangeItem[], plural: string, object: KubeObject): string[] {
  return limits.flatMap((item) => {
    switch (item.type) {
      case 'Container':
        return plural === 'pods'
          ? containersOf(object as Pod).flatMap((container) => check(item, amountsOf(container)))
          : [];
      case 'Pod':
        return plural === 'pods' ? check(item, podAmounts(object)) : [];
      case 'PersistentVolumeClaim':
        return plural === 'persistentvolumeclaims' ? check(item, claimAmounts(object)) : [];
      default:
        return [];
    }
  });
}

function check(item: LimitRangeItem, { requests, limits }: Amounts): string[] {
  const type = item.type;
  const problems: string[] = [];
  for (const [name, text] of entries(item.min)) {
    problems.push(...minimum(type, name, parseQuantity(text), requests[name], limits[name]));
  }
  for (const [name, text] of entries(item.max)) {
    problems.push(...maximum(type, name, parseQuantity(text), requests[name], limits[name]));
  }
  for (const [name, text] of entries(item.maxLimitRequestRatio)) {
    problems.push(...ratio(type, name, parseQuantity(text), requests[name], limits[name]));
  }
  return problems;
}

function minimum(
  type: string,
  name: string,
  least: Quantity,
  request: Quantity | undefined,
  limit: Quantity | undefined,
): string[] {
  if (request === undefined)
    return [`minimum ${name} usage per ${type} is ${least.toString()}.  No request is specified`];
  if (request.compare(least) < 0) {
    return [`minimum ${name} usage per ${type} is ${least.toString()}, but request is ${request.toString()}`];
  }
  if (limit !== undefined && limit.compare(least) < 0) {
    return [`minimum ${name} usage per ${type} is ${least.toString()}, but limit is ${limit.toString()}`];
  }
  return [];
}

function maximum(
  type: string,
  name: string,
  most: Quantity,
  request: Quantity | undefined,
  limit: Quantity | undefined,
): string[] {
  if (type === 'PersistentVolumeClaim') {
    if (request === undefined || request.compare(most) <= 0) return [];
    return [`maximum ${name} usage per ${type} is ${most.toString()}, but request is ${request.toString()}`];
  }
  if (limit === undefined) return [`maximum ${name} usage per ${type} is ${most.toString()}.  No limit is specified`];
  if (limit.compare(most) > 0) {
    return [`maximum ${name} usage per ${type} is ${most.toString()}, but limit is ${limit.toString()}`];
  }
  if (request !== undefined && request.compare(most) > 0) {
    return [`maximum ${name} usage per ${type} is ${most.toString()}, but request is ${request.toString()}`];
  }
  return [];
}

function ratio(
  type: string,
  name: string,
  most: Quantity,
  request: Quantity | undefined,
  limit: Quantity | undefined,
): string[] {
  const text = `${name} max limit to request ratio per ${type} is ${most.toString()}`;
  if (request === undefined || request.isZero) return [`${text}, but no request is specified or request is 0`];
  if (limit === undefined || limit.isZero) return [`${text}, but no limit is specified or limit is 0`];
  const observed = limit.toNumber() / request.toNumber();
  return observed > most.toNumber() ? [`${text}, but provided ratio is ${observed.toFixed(6)}`] : [];
}

function containersOf({ spec }: Pod): Container[] {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
}

function amountsOf({ resources }: Container): Amounts {
  return { requests: quantities(resources?.requests), limits: quantities(resources?.limits) };
}

/** The containers' sum, or the largest init container where that is more. */
function podAmounts({ spec }: Pod): Amounts {
  const sum: { requests: Record<string, Quantity>; limits: Record<string, Quantity> } = { requests: {}, limits: {} };
  for (const container of spec?.containers ?? []) {
    const { requests, limits } = amountsOf(container);
    for (const [name, amount] of Object.entries(requests))
      sum.requests[name] = sum.requests[name]?.add(amount) ?? amount;
    for (const [name, amount] of Object.entries(limits)) sum.limits[name] = sum.limits[name]?.add(amount) ?? amount;
  }
  for (const container of spec?.initContainers ?? []) {
    const { requests, limits } = amountsOf(container);
    for (const [name, amount] of Object.entries(requests)) sum.requests[name] = larger(sum.requests[name], amount);
    for (const [name, amount] of Object.entries(limits)) sum.limits[name] = larger(sum.limits[name], amount);
  }
  return sum;
}

function claimAmounts({ spec }: PersistentVolumeClaim): Amounts {
  return { requests: quantities(spec?.resources?.requests), limits: {} };
}

function larger(a: Quantity | undefined, b: Quantity): Quantity {
  return a !== undefined && a.compare(b) > 0 ? a : b;
}

function quantities(amounts: Readonly<Record<string, string>> | undefined): Record<string, Quantity> {
  return Object.fromEntries(entries(amounts).map(([name, text]) => [name, parseQuantity(text)]));
}

function entries(amounts: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(amounts ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}
