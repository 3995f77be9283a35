import { formatRanges, fromMilli, type Milli, type NumberRange } from '@kubernetes-mesos/mesos';

/** Why one agent's offers do not take a pod: the first of these tests, in this order, that failed. */
export type Refusal =
  | { readonly reason: 'node-name'; readonly wanted: string }
  | { readonly reason: 'node-selector'; readonly wanted: string }
  | { readonly reason: 'node-affinity' }
  | { readonly reason: 'unschedulable' }
  | { readonly reason: 'taint'; readonly taint: string }
  | { readonly reason: 'maintenance' }
  | { readonly reason: 'host-port'; readonly port: number; readonly offered: readonly NumberRange[] }
  | { readonly reason: 'ports'; readonly wanted: number; readonly offered: readonly NumberRange[] }
  | { readonly reason: 'scalar'; readonly name: string; readonly wanted: Milli; readonly offered: Milli }
  | { readonly reason: 'executor'; readonly cpus: Milli; readonly mem: Milli };

export type RefusalReason = Refusal['reason'];

/** The order of the tests. A later reason means that the agent came closer. */
export const REFUSAL_ORDER: readonly RefusalReason[] = [
  'node-name',
  'node-selector',
  'node-affinity',
  'unschedulable',
  'taint',
  'maintenance',
  'executor',
  'host-port',
  'ports',
  'scalar',
];

/** How often each reason was met, and the refusal of that kind which came closest to fitting. */
export class RefusalTally {
  readonly #counts = new Map<string, { count: number; nearest: Refusal }>();
  #total = 0;

  add(refusal: Refusal): void {
    this.#total += 1;
    const key = keyOf(refusal);
    const entry = this.#counts.get(key);
    if (entry === undefined) this.#counts.set(key, { count: 1, nearest: refusal });
    else {
      entry.count += 1;
      entry.nearest = nearer(entry.nearest, refusal);
    }
  }

  get total(): number {
    return this.#total;
  }

  /** One sentence for an event: the most common reason of the latest test alone if all agree, else all with counts. */
  explain(): string {
    const entries = [...this.#counts.values()].sort(
      (a, b) => REFUSAL_ORDER.indexOf(b.nearest.reason) - REFUSAL_ORDER.indexOf(a.nearest.reason) || b.count - a.count,
    );
    const [first] = entries;
    if (first === undefined) return 'Mesos has offered nothing yet';
    if (entries.length === 1) return `no offer ${needOf(first.nearest)}`;
    const parts = entries.map(({ count, nearest }) => `${count} ${lackOf(nearest)}`);
    return `none of ${this.#total} offers fits: ${parts.join('; ')}`;
  }
}

function keyOf(refusal: Refusal): string {
  if (refusal.reason === 'scalar') return `scalar ${refusal.name}`;
  return refusal.reason === 'host-port' ? `host-port ${refusal.port}` : refusal.reason;
}

function nearer(a: Refusal, b: Refusal): Refusal {
  if (a.reason === 'scalar' && b.reason === 'scalar') return b.offered > a.offered ? b : a;
  if (a.reason === 'host-port' && b.reason === 'host-port') return a.offered.length === 0 ? b : a;
  return a;
}

/** Completes "no offer ...". */
function needOf(refusal: Refusal): string {
  switch (refusal.reason) {
    case 'node-name':
      return `is from node ${refusal.wanted}`;
    case 'node-selector':
      return `is from a node that matches the node selector ${refusal.wanted}`;
    case 'node-affinity':
      return 'is from a node that matches the node affinity';
    case 'unschedulable':
      return 'is from a node that is open for scheduling';
    case 'taint':
      return `is from a node without the taint ${refusal.taint}, which the pod does not tolerate`;
    case 'maintenance':
      return 'is from an agent that stays out of maintenance';
    case 'executor':
      return `has room for the executor (${executorText(refusal)})`;
    case 'host-port':
      return `has host port ${refusal.port} (offered ${formatRanges(refusal.offered)})`;
    case 'ports':
      return `has ${refusal.wanted} free host port${refusal.wanted === 1 ? '' : 's'} (offered ${formatRanges(refusal.offered)})`;
    case 'scalar':
      return `has enough ${refusal.name} (${scalarText(refusal)})`;
  }
}

/** Completes "2 ...". */
function lackOf(refusal: Refusal): string {
  switch (refusal.reason) {
    case 'node-name':
      return `not from node ${refusal.wanted}`;
    case 'node-selector':
      return `not matching the node selector ${refusal.wanted}`;
    case 'node-affinity':
      return 'not matching the node affinity';
    case 'unschedulable':
      return 'from a node closed for scheduling';
    case 'taint':
      return `from a node with the taint ${refusal.taint}`;
    case 'maintenance':
      return 'from an agent in or near maintenance';
    case 'executor':
      return `without room for the executor (${executorText(refusal)})`;
    case 'host-port':
      return `without host port ${refusal.port} (offered ${formatRanges(refusal.offered)})`;
    case 'ports':
      return `without ${refusal.wanted} free host ports (offered ${formatRanges(refusal.offered)})`;
    case 'scalar':
      return `with too little ${refusal.name} (${scalarText(refusal)})`;
  }
}

function executorText(refusal: Extract<Refusal, { reason: 'executor' }>): string {
  return `${fromMilli(refusal.cpus)} cpus and ${fromMilli(refusal.mem)} MB beside the pod`;
}

function scalarText(refusal: Extract<Refusal, { reason: 'scalar' }>): string {
  const unit = refusal.name === 'mem' || refusal.name === 'disk' ? ' MB' : '';
  return `needs ${rounded(refusal.wanted)}${unit}, at most ${rounded(refusal.offered)}${unit} offered`;
}

function rounded(milli: Milli): string {
  return String(Number(fromMilli(milli).toFixed(2)));
}
