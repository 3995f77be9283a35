// Schemas of io.k8s.api.policy.v1.
// Written by scripts/generate-api-types.mjs; changes here are lost.

import type { TypeSchema } from '../machinery/schema';

export const POLICY_V1_SCHEMAS: readonly TypeSchema[] = [
  {
    name: 'io.k8s.api.policy.v1.Eviction',
    description:
      'Eviction evicts a pod from its node subject to certain policies and safety constraints. This is a subresource of Pod. A request to cause such an eviction is created by POSTing to .../pods/<pod name>/evictions.',
    fields: [
      {
        name: 'kind',
        schema: { type: 'string' },
        description:
          'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
      },
      {
        name: 'apiVersion',
        schema: { type: 'string' },
        description:
          'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
      },
      {
        name: 'metadata',
        schema: { type: 'ref', name: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
        description:
          'ObjectMeta is metadata that all persisted resources must have, which includes all objects users must create.',
        presence: 'always',
      },
      {
        name: 'deleteOptions',
        schema: { type: 'ref', name: 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions' },
        description: 'DeleteOptions may be provided when deleting an API object.',
      },
    ],
  },
];
