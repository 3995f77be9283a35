import {
  nodeNameOf,
  ResourcePool,
  type Attribute,
  type Offer,
  type Resource,
  type Unavailability,
} from '@kubernetes-mesos/mesos';
import { ATTRIBUTE_LABEL_PREFIX } from '../annotations';
import { agentId, type AgentId } from '../ids';
import type { ExecutorCatalog } from '../tasks/executor-catalog';

/** The executor that tasks on an agent will belong to. */
export type ExecutorSlot =
  /** It runs there already; `fresh`: it is started, and charged, with the first task. */
  { readonly kind: 'usable'; readonly executorId: string; readonly fresh: boolean } | { readonly kind: 'no-room' };

/** All offers held of one agent, as one pool to place pods into. Offers of an agent may be accepted together. */
export interface AgentOffers {
  readonly agentId: AgentId;
  /** As the node is called. */
  readonly hostname: string;
  readonly offers: readonly Offer[];
  /** Grows with every offer that arrives: what was refused at an epoch is refused until a later one. */
  readonly epoch: number;
  /** What tasks may still take; placement consumes it. The executor's own share is taken out already. */
  readonly pool: ResourcePool;
  readonly executor: ExecutorSlot;
  /** Labels that the offers themselves tell. */
  readonly labels: Readonly<Record<string, string>>;
  readonly unavailability: Unavailability | undefined;
}

/** @param offers at least one, all of one agent */
export function combineOffers(
  offers: readonly [Offer, ...Offer[]],
  epoch: number,
  catalog: ExecutorCatalog,
): AgentOffers {
  const [first] = offers;
  const last = offers[offers.length - 1] ?? first;
  const pool = ResourcePool.of(offers.flatMap((offer) => (offer.resources ?? []).filter(isUsable)));
  return {
    agentId: agentId(first.agent_id.value),
    hostname: nodeNameOf(first.hostname),
    offers,
    epoch,
    pool,
    executor: executorSlot(offers, pool, catalog),
    labels: offerLabels(last),
    unavailability: last.unavailability,
  };
}

/** The id of an executor of ours that runs on the offer's agent and cannot take our tasks. */
export function incompatibleExecutor(offer: Offer, catalog: ExecutorCatalog): string | undefined {
  return offer.executor_ids?.find(({ value }) => catalog.isExecutorId(value) && !catalog.knows(value))?.value;
}

/** Volumes, revocable and shared resources are not for pods. */
function isUsable(resource: Resource): boolean {
  return (
    resource.revocable === undefined &&
    resource.shared === undefined &&
    resource.provider_id === undefined &&
    resource.disk === undefined
  );
}

function executorSlot(offers: readonly Offer[], pool: ResourcePool, catalog: ExecutorCatalog): ExecutorSlot {
  for (const offer of offers) {
    const running = offer.executor_ids?.find(({ value }) => catalog.knows(value));
    if (running !== undefined) return { kind: 'usable', executorId: running.value, fresh: false };
  }
  const executorId = catalog.take(pool);
  return executorId === undefined ? { kind: 'no-room' } : { kind: 'usable', executorId, fresh: true };
}

/**
 * Attributes count under their plain name and under the prefixed one that nodes carry; the fault domain under the names
 * that Kubernetes gives regions and zones.
 */
function offerLabels(offer: Offer): Readonly<Record<string, string>> {
  const labels: Record<string, string> = { 'kubernetes.io/hostname': nodeNameOf(offer.hostname) };
  for (const attribute of offer.attributes ?? []) {
    const value = attributeText(attribute);
    if (value === undefined) continue;
    labels[attribute.name] = value;
    labels[`${ATTRIBUTE_LABEL_PREFIX}${attribute.name}`] = value;
  }
  const domain = offer.domain?.fault_domain;
  if (domain !== undefined) {
    for (const prefix of ['topology.kubernetes.io', 'failure-domain.beta.kubernetes.io']) {
      labels[`${prefix}/region`] = domain.region.name;
      labels[`${prefix}/zone`] = domain.zone.name;
    }
  }
  return labels;
}

function attributeText(attribute: Attribute): string | undefined {
  switch (attribute.type) {
    case 'TEXT':
      return attribute.text?.value;
    case 'SCALAR':
      return attribute.scalar === undefined ? undefined : String(attribute.scalar.value);
    case 'RANGES':
    case 'SET':
      return undefined;
  }
}
