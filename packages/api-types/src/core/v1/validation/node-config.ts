import type { ConfigMapNodeConfigSource, Node, NodeConfigSource } from '../../../generated/core-v1.types';
import { forbidden, invalid, required, type FieldError } from '../../../machinery/field-error';
import { configMapKeyProblems, dnsLabelProblems, dnsSubdomainProblems } from '../../../machinery/names';
import { pushInvalid } from '../../../machinery/object-meta-validation';

/** Where a kubelet once took its settings from. Nobody reads it any more; what is said is checked still. */
export function validateNodeConfig({ spec, status }: Node, errors: FieldError[]): void {
  if (spec?.configSource !== undefined) {
    validateSource(spec.configSource, 'spec.configSource', false, errors);
  }
  for (const state of ['assigned', 'active', 'lastKnownGood'] as const) {
    const source = status?.config?.[state];
    if (source !== undefined) validateSource(source, `status.config.${state}`, true, errors);
  }
}

/** @param isInUse then it is known which config map it was, else it is not said yet */
function validateSource(source: NodeConfigSource, path: string, isInUse: boolean, errors: FieldError[]): void {
  const { configMap } = source;
  if (configMap === undefined) {
    errors.push(invalid(path, source, 'exactly one reference subfield must be non-nil'));
    return;
  }
  const at = `${path}.configMap`;
  for (const member of ['uid', 'resourceVersion'] as const) {
    const isSet = (configMap[member] ?? '') !== '';
    if (isInUse && !isSet) errors.push(required(`${at}.${member}`, `${member} must be set in status`));
    if (!isInUse && isSet) errors.push(forbidden(`${at}.${member}`, `${member} must not be set in spec`));
  }
  validateConfigMap(configMap, at, errors);
}

function validateConfigMap(source: Partial<ConfigMapNodeConfigSource>, path: string, errors: FieldError[]): void {
  const checks = { namespace: dnsLabelProblems, name: dnsSubdomainProblems, kubeletConfigKey: configMapKeyProblems };
  for (const member of ['namespace', 'name', 'kubeletConfigKey'] as const) {
    const text = source[member] ?? '';
    if (text === '') errors.push(required(`${path}.${member}`, `${member} must be set`));
    else pushInvalid(errors, `${path}.${member}`, text, checks[member](text));
  }
}
