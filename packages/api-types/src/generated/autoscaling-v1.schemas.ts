// Schemas of io.k8s.api.autoscaling.v1.
// Written by scripts/generate-api-types.mjs; changes here are lost.

import type { TypeSchema } from '../machinery/schema';

export const AUTOSCALING_V1_SCHEMAS: readonly TypeSchema[] = [
  {
    name: 'io.k8s.api.autoscaling.v1.Scale',
    description: 'Scale represents a scaling request for a resource.',
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
        name: 'spec',
        schema: { type: 'ref', name: 'io.k8s.api.autoscaling.v1.ScaleSpec' },
        description: 'ScaleSpec describes the attributes of a scale subresource.',
        presence: 'always',
      },
      {
        name: 'status',
        schema: { type: 'ref', name: 'io.k8s.api.autoscaling.v1.ScaleStatus' },
        description: 'ScaleStatus represents the current status of a scale subresource.',
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.autoscaling.v1.ScaleSpec',
    description: 'ScaleSpec describes the attributes of a scale subresource.',
    fields: [
      {
        name: 'replicas',
        schema: { type: 'integer', format: 'int32' },
        description: 'replicas is the desired number of instances for the scaled object.',
      },
    ],
  },
  {
    name: 'io.k8s.api.autoscaling.v1.ScaleStatus',
    description: 'ScaleStatus represents the current status of a scale subresource.',
    fields: [
      {
        name: 'replicas',
        schema: { type: 'integer', format: 'int32' },
        description: 'replicas is the actual number of observed instances of the scaled object.',
        required: true,
        presence: 'always',
      },
      {
        name: 'selector',
        schema: { type: 'string' },
        description:
          'selector is the label query over pods that should match the replicas count. This is same as the label selector but in the string format to avoid introspection by clients. The string will be in the same format as the query-param syntax. More info about label selectors: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/',
      },
    ],
  },
];
