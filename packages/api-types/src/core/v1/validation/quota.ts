import type { ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../../../generated/core-v1.types';
import { invalid, required, type FieldError } from '../../../machinery/field-error';
import { child, keyed, type FieldPath } from '../../../machinery/field-path';
import { goSlice, goString, goStruct } from '../../../machinery/go-values';
import { isStandardQuotaResource, validateQuotaResourceName, validateResourceAmount } from './resource-names';

const COMPUTE_RESOURCES: ReadonlySet<string> = new Set([
  'pods',
  'cpu',
  'memory',
  'limits.cpu',
  'limits.memory',
  'requests.cpu',
  'requests.memory',
]);
const SCOPES: ReadonlySet<string> = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
]);
const OPPOSITES = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;
const EXISTS_ONLY_TEXT =
  "must be 'Exist' only operator when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort and ResourceQuotaScopeNotBestEffort";

export function validateQuotaAmounts(
  amounts: Readonly<Record<string, string>> | undefined,
  path: FieldPath,
  errors: FieldError[],
): void {
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    validateQuotaResourceName(name, keyed(path, name), errors);
    validateResourceAmount(name, amount, keyed(path, name), errors);
  }
}

export function validateQuotaSpec(spec: ResourceQuotaSpec, errors: FieldError[]): void {
  validateQuotaAmounts(spec.hard, 'spec.hard', errors);
  const scopes = spec.scopes ?? [];
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) errors.push(invalid('spec.scopes', scopes, 'unsupported scope', showScopes(scopes)));
    refuseForeignResources(spec, scope, 'spec.scopes', showScopes(scopes), errors);
  }
  refuseOpposites(scopes, 'spec.scopes', spec.scopes, errors);
  if (spec.scopeSelector !== undefined) {
    const requirements = spec.scopeSelector.matchExpressions ?? [];
    const path = 'spec.scopeSelector.matchExpressions';
    for (const requirement of requirements) validateRequirement(spec, requirement, path, errors);
    const names = requirements.map(({ scopeName }) => scopeName);
    refuseOpposites(names, path, spec.scopes, errors);
  }
}

function validateRequirement(
  spec: ResourceQuotaSpec,
  requirement: ScopedResourceSelectorRequirement,
  path: FieldPath,
  errors: FieldError[],
): void {
  const { scopeName, operator, values = [] } = requirement;
  if (!SCOPES.has(scopeName)) errors.push(invalid(child(path, 'scopeName'), scopeName, 'unsupported scope'));
  refuseForeignResources(spec, scopeName, path, showSelector(spec), errors);
  if (SCOPES.has(scopeName) && scopeName !== 'PriorityClass' && operator !== 'Exists') {
    errors.push(invalid(child(path, 'operator'), operator, EXISTS_ONLY_TEXT));
  }
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) {
        const detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
        errors.push(required(child(path, 'values'), detail));
      }
      return;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0) {
        const detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
        errors.push(invalid(child(path, 'values'), values, detail));
      }
      return;
    default:
      errors.push(invalid(child(path, 'operator'), operator, 'not a valid selector operator'));
  }
}

/** Scopes are about pods; best effort ones ask for nothing that could be added up. */
function refuseForeignResources(
  spec: ResourceQuotaSpec,
  scope: string,
  path: FieldPath,
  shown: string,
  errors: FieldError[],
): void {
  if (!SCOPES.has(scope)) return;
  for (const name of Object.keys(spec.hard ?? {}).sort()) {
    if (!isStandardQuotaResource(name)) continue;
    const isFitting = scope === 'BestEffort' ? name === 'pods' : COMPUTE_RESOURCES.has(name);
    if (!isFitting) errors.push(invalid(path, spec.scopes ?? [], 'unsupported scope applied to resource', shown));
  }
}

function refuseOpposites(
  names: readonly string[],
  path: FieldPath,
  scopes: readonly string[] | undefined,
  errors: FieldError[],
): void {
  for (const pair of OPPOSITES) {
    if (!pair.every((scope) => names.includes(scope))) continue;
    errors.push(invalid(path, scopes ?? [], 'conflicting scopes', showScopes(scopes)));
  }
}

function showScopes(scopes: readonly string[] | undefined): string {
  return goSlice('core.ResourceQuotaScope', scopes, goString);
}

function showSelector({ scopeSelector }: ResourceQuotaSpec): string {
  const type = 'core.ScopedResourceSelectorRequirement';
  const requirements = goSlice(type, scopeSelector?.matchExpressions, ({ scopeName, operator, values }) =>
    goStruct(type, {
      ScopeName: goString(scopeName),
      Operator: goString(operator),
      Values: goSlice('string', values, goString),
    }),
  );
  return goStruct('core.ScopeSelector', { MatchExpressions: requirements });
}
