/** Validation of the smaller kinds. */
import { deepEqual } from '../../machinery/deep-equal';
import type {
  InternalBinding,
  InternalEvent,
  InternalLimitRange,
  InternalNamespace,
  InternalNode,
  InternalResourceQuota,
  InternalSecret,
} from '../shared/internal';
import { legacyQuantity } from '../shared/quantity';
import type { Problems } from './errors';
import { dnsSubdomain, qualifiedName, secretKey } from './formats';
import { validateMeta, validateMetaUpdate } from './metadata';
import { validateResourceName } from './resources';

/** Bytes of all of a secret's values together. */
const MAX_SECRET_SIZE = 1024 * 1024;
const NODE_UPDATE = 'update contains more than labels or capacity changes';

export function validateNode(problems: Problems, { metadata, spec, status }: InternalNode): void {
  validateMeta(problems.at('metadata'), metadata, false, dnsSubdomain);
  const capacity = problems.at('status.Capacity');
  if (status?.capacity === undefined) capacity.required();
  for (const resource of status?.capacity === undefined ? [] : ['cpu', 'memory']) {
    const text = status?.capacity?.[resource];
    const at = capacity.at(`[${resource}]`);
    if (text === undefined) at.required();
    else if ((legacyQuantity(text)?.sign ?? 0) < 0) at.invalid(text, `${resource} capacity cannot be negative`);
  }
  if ((spec?.externalID ?? '') === '') problems.at('spec.ExternalID').required();
}

/** Labels, annotations, capacity, the mark `unschedulable` and the whole status may change. */
export function validateNodeUpdate(problems: Problems, node: InternalNode, old: InternalNode): void {
  validateMetaUpdate(problems.at('metadata'), node.metadata, old.metadata);
  const unschedulable = false;
  if (!deepEqual({ ...node.spec, unschedulable }, { ...old.spec, unschedulable })) problems.plain(NODE_UPDATE);
}

export function validateNamespace(problems: Problems, { metadata, spec }: InternalNamespace): void {
  validateMeta(problems.at('metadata'), metadata, false, dnsSubdomain);
  for (const finalizer of spec?.finalizers ?? []) {
    if (!qualifiedName.accepts(finalizer)) {
      problems.at('spec.finalizers').invalid(finalizer, qualifiedName.detail);
    } else if (!finalizer.includes('/') && finalizer !== 'kubernetes') {
      problems.plain(`finalizer name: ${finalizer} is neither a standard finalizer name nor is it fully qualified`);
    }
  }
}

/** An event of anything but a node stands in the namespace of what it is about. */
export function validateEvent(problems: Problems, { metadata, involvedObject }: InternalEvent): void {
  const { kind, namespace = '' } = involvedObject;
  if (kind !== 'Node' && namespace !== (metadata.namespace ?? '')) {
    problems.at('involvedObject.namespace').invalid(namespace, 'namespace does not match involvedObject');
  }
}

export function validateSecret(problems: Problems, { metadata, data = {} }: InternalSecret): void {
  validateMeta(problems.at('metadata'), metadata, true, dnsSubdomain);
  let size = 0;
  for (const [key, value] of Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))) {
    problems.at(`data[${key}]`).checkText(key, secretKey);
    size += Math.floor((value.length * 3) / 4);
  }
  if (size > MAX_SECRET_SIZE) problems.at('data').forbidden('Maximum secret size exceeded');
}

export function validateLimitRange(problems: Problems, { metadata, spec }: InternalLimitRange): void {
  validateMeta(problems.at('metadata'), metadata, true, dnsSubdomain);
  for (const [index, { max = {}, min = {} }] of (spec?.limits ?? []).entries()) {
    const limit = problems.at(`spec.limits[${index}]`);
    for (const name of Object.keys(max).sort()) validateResourceName(limit.at(`max[${name}]`), name);
    for (const name of Object.keys(min).sort()) validateResourceName(limit.at(`min[${name}]`), name);
  }
}

/** A wrong resource's refusal names no field. */
export function validateResourceQuota(problems: Problems, { metadata, spec, status }: InternalResourceQuota): void {
  validateMeta(problems.at('metadata'), metadata, true, dnsSubdomain);
  for (const list of [spec?.hard, status?.hard, status?.used]) {
    for (const name of Object.keys(list ?? {}).sort()) validateResourceName(problems, name);
  }
}

export function validateBinding(problems: Problems, { target }: InternalBinding): void {
  const { kind = '', name = '' } = target;
  if (kind !== '' && kind !== 'Node' && kind !== 'Minion') {
    problems.at('to.kind').invalid(kind, "must be empty, 'Node', or 'Minion'");
  }
  if (name === '') problems.at('to.name').required();
}
