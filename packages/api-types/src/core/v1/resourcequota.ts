import type { ResourceQuota } from '../../generated/core-v1.types';
import { invalid, type FieldError } from '../../machinery/field-error';
import { ownMember } from '../../machinery/own-member';
import { defineCoreResource, restore, statusSubresource } from './define';
import { roundResourceList } from './defaults/resource-list';
import { AGE_COLUMN, age, column, NAME_COLUMN } from './tables/columns';
import { validateQuotaAmounts, validateQuotaSpec } from './validation/quota';

export const RESOURCE_QUOTAS = defineCoreResource<ResourceQuota>({
  names: { plural: 'resourcequotas', singular: 'resourcequota', kind: 'ResourceQuota', shortNames: ['quota'] },
  scope: 'Namespaced',
  subresources: [
    statusSubresource(
      'ResourceQuota',
      (quota, old) => restore(quota, old, 'spec'),
      (quota, _old, errors) => validateStatus(quota, errors),
    ),
  ],
  strategy: {
    deleteAnswers: 'object',
    applyDefaults({ spec, status }) {
      for (const list of [spec?.hard, status?.hard, status?.used]) roundResourceList(list);
    },
    prepareForCreate(quota) {
      delete quota.status;
    },
    prepareForUpdate: (quota, old) => restore(quota, old, 'status'),
    updateChecks: ['metadata', 'spec', 'metadataChange', 'spec', 'change'],
    validate(quota, errors) {
      validateQuotaSpec(quota.spec ?? {}, errors);
      validateStatus(quota, errors);
    },
    validateUpdate(quota, old, errors) {
      const scopes = new Set(quota.spec?.scopes);
      const oldScopes = new Set(old.spec?.scopes);
      if (scopes.size !== oldScopes.size || [...scopes].some((scope) => !oldScopes.has(scope))) {
        errors.push(invalid('spec.scopes', quota.spec?.scopes ?? [], 'field is immutable'));
      }
    },
  },
  table: {
    columns: [
      NAME_COLUMN,
      AGE_COLUMN,
      column('Request', 'What is requested, of how much may be.'),
      column('Limit', 'What is promised at most, of how much may be.'),
    ],
    cells({ metadata, status }, nowMs) {
      const { hard = {}, used = {} } = status ?? {};
      const names = Object.keys(hard).sort();
      const show = (chosen: readonly string[]): string =>
        chosen.map((name) => `${name}: ${ownMember(used, name) ?? '0'}/${ownMember(hard, name) ?? '0'}`).join(', ');
      const isLimit = (name: string): boolean => name.startsWith('limits.');
      return [
        metadata.name ?? '',
        age(metadata, nowMs),
        show(names.filter((name) => !isLimit(name))),
        show(names.filter(isLimit)),
      ];
    },
  },
});

function validateStatus({ status }: ResourceQuota, errors: FieldError[]): void {
  validateQuotaAmounts(status?.hard, 'status.hard', errors);
  validateQuotaAmounts(status?.used, 'status.used', errors);
}
