import type { ServiceAccount } from '../../generated/core-v1.types';
import { defineCoreResource } from './define';
import { AGE_COLUMN, age, column, NAME_COLUMN } from './tables/columns';

export const SERVICE_ACCOUNTS = defineCoreResource<ServiceAccount>({
  names: { plural: 'serviceaccounts', singular: 'serviceaccount', kind: 'ServiceAccount', shortNames: ['sa'] },
  scope: 'Namespaced',
  subresources: [
    {
      name: 'token',
      kind: 'TokenRequest',
      groupVersion: { group: 'authentication.k8s.io', version: 'v1' },
      verbs: ['create'],
    },
  ],
  strategy: {
    deleteAnswers: 'object',
    prepareForCreate: keepSecretNamesOnly,
    prepareForUpdate: keepSecretNamesOnly,
  },
  table: {
    columns: [NAME_COLUMN, column('Secrets', 'How many secrets the account may use.'), AGE_COLUMN],
    cells: ({ metadata, secrets = [] }, nowMs) => [metadata.name ?? '', secrets.length, age(metadata, nowMs)],
  },
});

/** A reference to a secret is its name; the rest is dropped. */
function keepSecretNamesOnly(account: ServiceAccount): void {
  if (account.secrets === undefined) return;
  account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}
