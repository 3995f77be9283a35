import { deepEqual, formatTime, type Namespace, type NamespaceCondition } from '@kubernetes-mesos/api-types';

/** What one round over the content of an ending namespace came to. */
export interface Emptying {
  /** Why the server's resources could not be listed, if so. */
  readonly discoveryFailure?: string;
  /** One sentence for each resource whose objects could not be deleted. */
  readonly failures: readonly string[];
  /** Objects that are left, by `resource.group`. */
  readonly remaining: ReadonlyMap<string, number>;
  /** Objects that are left and held, by finalizer. */
  readonly finalizers: ReadonlyMap<string, number>;
}

interface Meaning {
  readonly reason: string;
  readonly message: string;
}

/** Reasons and messages are upstream's, and so is the order. */
const FINE: Readonly<Record<string, Meaning>> = {
  NamespaceDeletionDiscoveryFailure: {
    reason: 'ResourcesDiscovered',
    message: 'All resources successfully discovered',
  },
  NamespaceDeletionGroupVersionParsingFailure: {
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
  NamespaceDeletionContentFailure: {
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  },
  NamespaceContentRemaining: { reason: 'ContentRemoved', message: 'All content successfully removed' },
  NamespaceFinalizersRemaining: {
    reason: 'ContentHasNoFinalizers',
    message: 'All content-preserving finalizers finished',
  },
};

/** The conditions that say it; the same list when nothing changed. */
export function decideConditions(namespace: Namespace, found: Emptying, nowMs: number): readonly NamespaceCondition[] {
  const present = namespace.status?.conditions ?? [];
  const wrong = whatIsWrong(found);
  // What goes in one round needs no history.
  if (wrong.size === 0 && present.length === 0) return present;
  const others = present.filter(({ type }) => FINE[type] === undefined);
  const ours = Object.entries(FINE).map(([type, fine]): NamespaceCondition => {
    const status = wrong.has(type) ? 'True' : 'False';
    const before = present.find((condition) => condition.type === type);
    const since = before?.status === status ? before.lastTransitionTime : undefined;
    return { type, status, lastTransitionTime: since ?? formatTime(nowMs), ...(wrong.get(type) ?? fine) };
  });
  const conditions = [...others, ...ours];
  return deepEqual(present, conditions) ? present : conditions;
}

function whatIsWrong(found: Emptying): ReadonlyMap<string, Meaning> {
  const wrong = new Map<string, Meaning>();
  if (found.discoveryFailure !== undefined) {
    const message = `Discovery failed for some groups: ${found.discoveryFailure}`;
    wrong.set('NamespaceDeletionDiscoveryFailure', { reason: 'DiscoveryFailed', message });
  }
  if (found.failures.length > 0) {
    const message = `Failed to delete all resource types, ${found.failures.length} remaining: ${sorted(found.failures)}`;
    wrong.set('NamespaceDeletionContentFailure', { reason: 'ContentDeletionFailed', message });
  }
  if (found.remaining.size > 0) {
    const texts = [...found.remaining].map(([resource, count]) => `${resource} has ${count} resource instances`);
    const message = `Some resources are remaining: ${sorted(texts)}`;
    wrong.set('NamespaceContentRemaining', { reason: 'SomeResourcesRemain', message });
  }
  if (found.finalizers.size > 0) {
    const texts = [...found.finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
    const message = `Some content in the namespace has finalizers remaining: ${sorted(texts)}`;
    wrong.set('NamespaceFinalizersRemaining', { reason: 'SomeFinalizersRemain', message });
  }
  return wrong;
}

function sorted(texts: readonly string[]): string {
  return [...texts].sort().join(', ');
}
