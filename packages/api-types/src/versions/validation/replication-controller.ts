import type { InternalPodTemplate, InternalReplicationController, Labels } from '../shared/internal';
import type { PodRules } from './container';
import type { Problems } from './errors';
import { dnsSubdomain } from './formats';
import { validateLabels, validateMeta, validateMetaUpdate } from './metadata';
import { validatePodSpec } from './pod';

const READ_ONLY_DISK =
  'ReadOnly must be true for replicated pods > 1, as GCE PD can only be mounted on multiple machines if it is read-only.';

export function validateReplicationController(
  problems: Problems,
  controller: InternalReplicationController,
  rules: PodRules,
): void {
  validateMeta(problems.at('metadata'), controller.metadata, true, dnsSubdomain);
  validateSpec(problems.at('spec'), controller, rules);
}

/** Everything may change, to anything that could be created. */
export function validateReplicationControllerUpdate(
  problems: Problems,
  controller: InternalReplicationController,
  old: InternalReplicationController,
  rules: PodRules,
): void {
  validateMetaUpdate(problems.at('metadata'), controller.metadata, old.metadata);
  validateSpec(problems.at('spec'), controller, rules);
}

function validateSpec(problems: Problems, { spec }: InternalReplicationController, rules: PodRules): void {
  const { selector = {}, replicas = 0, template } = spec;
  if (Object.keys(selector).length === 0) problems.at('selector').required();
  if (replicas < 0) problems.at('replicas').invalid(replicas, 'value must not be negative');
  if (template === undefined) {
    problems.at('template').required();
    return;
  }
  const labels = template.metadata?.labels ?? {};
  if (!selects(selector, labels)) problems.at('template.labels').invalid(labels, 'selector does not match template');
  validateTemplate(problems.at('template'), template, replicas, rules);
  const { restartPolicy = '' } = template.spec;
  if (restartPolicy !== 'Always') problems.at('template.restartPolicy').notSupported(restartPolicy);
}

function validateTemplate(problems: Problems, template: InternalPodTemplate, replicas: number, rules: PodRules): void {
  validateLabels(problems.at('labels'), template.metadata?.labels);
  validatePodSpec(problems.at('spec'), template.spec, rules);
  if (replicas <= 1) return;
  for (const { gcePersistentDisk } of template.spec.volumes ?? []) {
    if (gcePersistentDisk === undefined || gcePersistentDisk.readOnly === true) continue;
    problems.at('spec.volumes.GCEPersistentDisk.ReadOnly').invalid(false, READ_ONLY_DISK);
  }
}

/** An empty selector selects everything. */
function selects(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
