import {
  forbiddenError,
  parseQuantity,
  type Container,
  type LimitRange,
  type LimitRangeItem,
  type Pod,
} from '@kubernetes-mesos/api-types';
import type { ServedResource } from '../endpoints/served-resource';
import type { AdmissionPlugin, AdmissionRequest } from './admission';
import { limitProblems } from './limit-problems';
import { createdPod } from './pod-requests';

const ANNOTATION = 'kubernetes.io/limit-ranger';

type Amounts = Record<string, string>;

/** Gives containers the default requests and limits of their namespace, and holds pods to its bounds. */
export class LimitRanger implements AdmissionPlugin {
  readonly name = 'LimitRanger';

  constructor(private readonly limitRanges: ServedResource) {}

  handles({ operation, resource, subresource, old }: AdmissionRequest): boolean {
    const { names, group } = resource.definition;
    if (group !== '' || subresource !== '') return false;
    if (operation === 'CREATE') return names.plural === 'pods' || names.plural === 'persistentvolumeclaims';
    // Claims may grow; what is asked of a pod stays as it is.
    const isGoing = old?.metadata.deletionTimestamp !== undefined;
    return operation === 'UPDATE' && names.plural === 'persistentvolumeclaims' && !isGoing;
  }

  async mutate(request: AdmissionRequest): Promise<void> {
    const pod = createdPod(request);
    if (pod === undefined) return;
    for (const range of await this.#rangesOf(request.namespace)) applyDefaults(pod, range);
  }

  async validate(request: AdmissionRequest): Promise<void> {
    const { object, resource, name } = request;
    if (object === undefined) return;
    for (const range of await this.#rangesOf(request.namespace)) {
      const problems = limitProblems(range.spec?.limits ?? [], resource.definition.names.plural, object);
      if (problems.length === 0) continue;
      const text = problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`;
      throw forbiddenError(resource.resourceName, name, text);
    }
  }

  async #rangesOf(namespace: string): Promise<LimitRange[]> {
    const { items } = await this.limitRanges.store.list({ namespace, consistency: { kind: 'any' } });
    return items.map((item) => item.object as LimitRange);
  }
}

/** Pure but for changing the pod. */
export function applyDefaults(pod: Pod, range: LimitRange): void {
  const { spec } = pod;
  const item = (range.spec?.limits ?? []).find((limit) => limit.type === 'Container');
  if (spec === undefined || item === undefined) return;
  const notes: string[] = [];
  for (const container of spec.containers) notes.push(...fillContainer(container, item, 'container'));
  for (const container of spec.initContainers ?? []) notes.push(...fillContainer(container, item, 'init container'));
  if (notes.length === 0) return;
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}`,
  };
}

/** What was filled in, as the annotation says it. */
function fillContainer(container: Container, item: LimitRangeItem, what: string): string[] {
  const resources = (container.resources ??= {});
  const requests = fillAmounts(resources.requests, item.defaultRequest);
  const limits = fillAmounts(resources.limits, item.default);
  if (Object.keys(requests.amounts).length > 0) resources.requests = requests.amounts;
  if (Object.keys(limits.amounts).length > 0) resources.limits = limits.amounts;
  const note = (kind: string, names: readonly string[]): string[] =>
    names.length === 0 ? [] : [`${[...names].sort().join(', ')} ${kind} for ${what} ${container.name}`];
  return [...note('request', requests.filled), ...note('limit', limits.filled)];
}

function fillAmounts(
  given: Amounts | undefined,
  defaults: Amounts | undefined,
): { amounts: Amounts; filled: string[] } {
  const amounts: Amounts = { ...given };
  const filled = Object.keys(defaults ?? {}).filter((name) => amounts[name] === undefined);
  for (const name of filled) {
    const amount = defaults?.[name];
    if (amount !== undefined) amounts[name] = parseQuantity(amount).toString();
  }
  return { amounts, filled };
}
