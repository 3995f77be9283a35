// Schemas of io.k8s.api.authorization.v1.
// Written by scripts/generate-api-types.mjs; changes here are lost.

import type { TypeSchema } from '../machinery/schema';

export const AUTHORIZATION_V1_SCHEMAS: readonly TypeSchema[] = [
  {
    name: 'io.k8s.api.authorization.v1.FieldSelectorAttributes',
    description:
      'FieldSelectorAttributes indicates a field limited access. Webhook authors are encouraged to * ensure rawSelector and requirements are not both set * consider the requirements field if set * not try to parse or consider the rawSelector field if set. This is to avoid another CVE-2022-2880 (i.e. getting different systems to agree on how exactly to parse a query is not something we want), see https://www.oxeye.io/resources/golang-parameter-smuggling-attack for more details. For the *SubjectAccessReview endpoints of the kube-apiserver: * If rawSelector is empty and requirements are empty, the request is not limited. * If rawSelector is present and requirements are empty, the rawSelector will be parsed and limited if the parsing succeeds. * If rawSelector is empty and requirements are present, the requirements should be honored * If rawSelector is present and requirements are present, the request is invalid.',
    fields: [
      {
        name: 'rawSelector',
        schema: { type: 'string' },
        description:
          "rawSelector is the serialization of a field selector that would be included in a query parameter. Webhook implementations are encouraged to ignore rawSelector. The kube-apiserver's *SubjectAccessReview will parse the rawSelector as long as the requirements are not present.",
      },
      {
        name: 'requirements',
        schema: { type: 'array', items: { type: 'ref', name: 'io.k8s.api.authorization.v1.FieldSelectorRequirement' } },
        description:
          'requirements is the parsed interpretation of a field selector. All requirements must be met for a resource instance to match the selector. Webhook implementations should handle requirements, but how to handle them is up to the webhook. Since requirements can only limit the request, it is safe to authorize as unlimited request if the requirements are not understood.',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.FieldSelectorRequirement',
    description:
      'FieldSelectorRequirement is a selector that contains values, a key, and an operator that relates the key and values.',
    fields: [
      {
        name: 'key',
        schema: { type: 'string' },
        description: 'key is the field selector key that the requirement applies to.',
        required: true,
        presence: 'always',
      },
      {
        name: 'operator',
        schema: { type: 'string' },
        description:
          "operator represents a key's relationship to a set of values. Valid operators are In, NotIn, Exists, DoesNotExist. The list of operators may grow in the future.",
        required: true,
        presence: 'always',
      },
      {
        name: 'values',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'values is an array of string values. If the operator is In or NotIn, the values array must be non-empty. If the operator is Exists or DoesNotExist, the values array must be empty.',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.LabelSelectorAttributes',
    description:
      'LabelSelectorAttributes indicates a label limited access. Webhook authors are encouraged to * ensure rawSelector and requirements are not both set * consider the requirements field if set * not try to parse or consider the rawSelector field if set. This is to avoid another CVE-2022-2880 (i.e. getting different systems to agree on how exactly to parse a query is not something we want), see https://www.oxeye.io/resources/golang-parameter-smuggling-attack for more details. For the *SubjectAccessReview endpoints of the kube-apiserver: * If rawSelector is empty and requirements are empty, the request is not limited. * If rawSelector is present and requirements are empty, the rawSelector will be parsed and limited if the parsing succeeds. * If rawSelector is empty and requirements are present, the requirements should be honored * If rawSelector is present and requirements are present, the request is invalid.',
    fields: [
      {
        name: 'rawSelector',
        schema: { type: 'string' },
        description:
          "rawSelector is the serialization of a field selector that would be included in a query parameter. Webhook implementations are encouraged to ignore rawSelector. The kube-apiserver's *SubjectAccessReview will parse the rawSelector as long as the requirements are not present.",
      },
      {
        name: 'requirements',
        schema: {
          type: 'array',
          items: { type: 'ref', name: 'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement' },
        },
        description:
          'requirements is the parsed interpretation of a label selector. All requirements must be met for a resource instance to match the selector. Webhook implementations should handle requirements, but how to handle them is up to the webhook. Since requirements can only limit the request, it is safe to authorize as unlimited request if the requirements are not understood.',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.LocalSubjectAccessReview',
    description:
      'LocalSubjectAccessReview checks whether or not a user or group can perform an action in a given namespace. Having a namespace scoped resource makes it much easier to grant namespace scoped policy that includes permissions checking.',
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
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.SubjectAccessReviewSpec' },
        description:
          'SubjectAccessReviewSpec is a description of the access request. Exactly one of resourceAttributes and nonResourceAttributes must be set',
        required: true,
        presence: 'always',
      },
      {
        name: 'status',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.SubjectAccessReviewStatus' },
        description: 'SubjectAccessReviewStatus',
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.NonResourceAttributes',
    description:
      'NonResourceAttributes includes the authorization attributes available for non-resource requests to the Authorizer interface',
    fields: [
      { name: 'path', schema: { type: 'string' }, description: 'path is the URL path of the request' },
      { name: 'verb', schema: { type: 'string' }, description: 'verb is the standard HTTP verb' },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.NonResourceRule',
    description: 'NonResourceRule holds information that describes a rule for the non-resource',
    fields: [
      {
        name: 'verbs',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'verbs is a list of kubernetes non-resource API verbs, like: get, post, put, delete, patch, head, options. "*" means all.',
        required: true,
        presence: 'always',
      },
      {
        name: 'nonResourceURLs',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'nonResourceURLs is a set of partial urls that a user should have access to. *s are allowed, but only as the full, final step in the path. "*" means all.',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.ResourceAttributes',
    description:
      'ResourceAttributes includes the authorization attributes available for resource requests to the Authorizer interface',
    fields: [
      {
        name: 'namespace',
        schema: { type: 'string' },
        description:
          'namespace is the namespace of the action being requested. Currently, there is no distinction between no namespace and all namespaces "" (empty) is defaulted for LocalSubjectAccessReviews "" (empty) is empty for cluster-scoped resources "" (empty) means "all" for namespace scoped resources from a SubjectAccessReview or SelfSubjectAccessReview',
      },
      {
        name: 'verb',
        schema: { type: 'string' },
        description:
          'verb is a kubernetes resource API verb, like: get, list, watch, create, update, delete, proxy. "*" means all.',
      },
      {
        name: 'group',
        schema: { type: 'string' },
        description: 'group is the API Group of the Resource. "*" means all.',
      },
      {
        name: 'version',
        schema: { type: 'string' },
        description: 'version is the API Version of the Resource. "*" means all.',
      },
      {
        name: 'resource',
        schema: { type: 'string' },
        description: 'resource is one of the existing resource types. "*" means all.',
      },
      {
        name: 'subresource',
        schema: { type: 'string' },
        description: 'subresource is one of the existing resource types. "" means none.',
      },
      {
        name: 'name',
        schema: { type: 'string' },
        description:
          'name is the name of the resource being requested for a "get" or deleted for a "delete". "" (empty) means all.',
      },
      {
        name: 'fieldSelector',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.FieldSelectorAttributes' },
        description:
          'FieldSelectorAttributes indicates a field limited access. Webhook authors are encouraged to * ensure rawSelector and requirements are not both set * consider the requirements field if set * not try to parse or consider the rawSelector field if set. This is to avoid another CVE-2022-2880 (i.e. getting different systems to agree on how exactly to parse a query is not something we want), see https://www.oxeye.io/resources/golang-parameter-smuggling-attack for more details. For the *SubjectAccessReview endpoints of the kube-apiserver: * If rawSelector is empty and requirements are empty, the request is not limited. * If rawSelector is present and requirements are empty, the rawSelector will be parsed and limited if the parsing succeeds. * If rawSelector is empty and requirements are present, the requirements should be honored * If rawSelector is present and requirements are present, the request is invalid.',
      },
      {
        name: 'labelSelector',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.LabelSelectorAttributes' },
        description:
          'LabelSelectorAttributes indicates a label limited access. Webhook authors are encouraged to * ensure rawSelector and requirements are not both set * consider the requirements field if set * not try to parse or consider the rawSelector field if set. This is to avoid another CVE-2022-2880 (i.e. getting different systems to agree on how exactly to parse a query is not something we want), see https://www.oxeye.io/resources/golang-parameter-smuggling-attack for more details. For the *SubjectAccessReview endpoints of the kube-apiserver: * If rawSelector is empty and requirements are empty, the request is not limited. * If rawSelector is present and requirements are empty, the rawSelector will be parsed and limited if the parsing succeeds. * If rawSelector is empty and requirements are present, the requirements should be honored * If rawSelector is present and requirements are present, the request is invalid.',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.ResourceRule',
    description:
      "ResourceRule is the list of actions the subject is allowed to perform on resources. The list ordering isn't significant, may contain duplicates, and possibly be incomplete.",
    fields: [
      {
        name: 'verbs',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'verbs is a list of kubernetes resource API verbs, like: get, list, watch, create, update, delete, proxy. "*" means all.',
        required: true,
        presence: 'always',
      },
      {
        name: 'apiGroups',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'apiGroups is the name of the APIGroup that contains the resources. If multiple API groups are specified, any action requested against one of the enumerated resources in any API group will be allowed. "*" means all.',
      },
      {
        name: 'resources',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'resources is a list of resources this rule applies to. "*" means all in the specified apiGroups. "*_/foo" represents the subresource \'foo\' for all resources in the specified apiGroups.',
      },
      {
        name: 'resourceNames',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'resourceNames is an optional white list of names that the rule applies to. An empty set means that everything is allowed. "*" means all.',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.SelfSubjectAccessReview',
    description:
      'SelfSubjectAccessReview checks whether or the current user can perform an action. Not filling in a spec.namespace means "in all namespaces". Self is a special case, because users should always be able to check whether they can perform an action',
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
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec' },
        description:
          'SelfSubjectAccessReviewSpec is a description of the access request. Exactly one of resourceAttributes and nonResourceAttributes must be set',
        required: true,
        presence: 'always',
      },
      {
        name: 'status',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.SubjectAccessReviewStatus' },
        description: 'SubjectAccessReviewStatus',
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.SelfSubjectAccessReviewSpec',
    description:
      'SelfSubjectAccessReviewSpec is a description of the access request. Exactly one of resourceAttributes and nonResourceAttributes must be set',
    fields: [
      {
        name: 'resourceAttributes',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.ResourceAttributes' },
        description:
          'ResourceAttributes includes the authorization attributes available for resource requests to the Authorizer interface',
      },
      {
        name: 'nonResourceAttributes',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.NonResourceAttributes' },
        description:
          'NonResourceAttributes includes the authorization attributes available for non-resource requests to the Authorizer interface',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
    description:
      "SelfSubjectRulesReview enumerates the set of actions the current user can perform within a namespace. The returned list of actions may be incomplete depending on the server's authorization mode, and any errors experienced during the evaluation. SelfSubjectRulesReview should be used by UIs to show/hide actions, or to quickly let an end user reason about their permissions. It should NOT Be used by external systems to drive authorization decisions as this raises confused deputy, cache lifetime/revocation, and correctness concerns. SubjectAccessReview, and LocalAccessReview are the correct way to defer authorization decisions to the API server.",
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
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec' },
        description: 'SelfSubjectRulesReviewSpec defines the specification for SelfSubjectRulesReview.',
        required: true,
        presence: 'always',
      },
      {
        name: 'status',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.SubjectRulesReviewStatus' },
        description:
          "SubjectRulesReviewStatus contains the result of a rules check. This check can be incomplete depending on the set of authorizers the server is configured with and any errors experienced during evaluation. Because authorization rules are additive, if a rule appears in a list it's safe to assume the subject has that permission, even if that list is incomplete.",
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.SelfSubjectRulesReviewSpec',
    description: 'SelfSubjectRulesReviewSpec defines the specification for SelfSubjectRulesReview.',
    fields: [
      { name: 'namespace', schema: { type: 'string' }, description: 'namespace to evaluate rules for. Required.' },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.SubjectAccessReview',
    description: 'SubjectAccessReview checks whether or not a user or group can perform an action.',
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
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.SubjectAccessReviewSpec' },
        description:
          'SubjectAccessReviewSpec is a description of the access request. Exactly one of resourceAttributes and nonResourceAttributes must be set',
        required: true,
        presence: 'always',
      },
      {
        name: 'status',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.SubjectAccessReviewStatus' },
        description: 'SubjectAccessReviewStatus',
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.SubjectAccessReviewSpec',
    description:
      'SubjectAccessReviewSpec is a description of the access request. Exactly one of resourceAttributes and nonResourceAttributes must be set',
    fields: [
      {
        name: 'resourceAttributes',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.ResourceAttributes' },
        description:
          'ResourceAttributes includes the authorization attributes available for resource requests to the Authorizer interface',
      },
      {
        name: 'nonResourceAttributes',
        schema: { type: 'ref', name: 'io.k8s.api.authorization.v1.NonResourceAttributes' },
        description:
          'NonResourceAttributes includes the authorization attributes available for non-resource requests to the Authorizer interface',
      },
      {
        name: 'user',
        schema: { type: 'string' },
        description:
          'user is the user you\'re testing for. If you specify "User" but not "Groups", then is it interpreted as "What if User were not a member of any groups',
      },
      {
        name: 'groups',
        schema: { type: 'array', items: { type: 'string' } },
        description: "groups is the groups you're testing for.",
      },
      {
        name: 'extra',
        schema: { type: 'map', values: { type: 'array', items: { type: 'string' } } },
        description:
          'extra corresponds to the user.Info.GetExtra() method from the authenticator. Since that is input to the authorizer it needs a reflection here.',
      },
      { name: 'uid', schema: { type: 'string' }, description: 'uid information about the requesting user.' },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.SubjectAccessReviewStatus',
    description: 'SubjectAccessReviewStatus',
    fields: [
      {
        name: 'allowed',
        schema: { type: 'boolean' },
        description: 'allowed is required. True if the action would be allowed, false otherwise.',
        required: true,
        presence: 'always',
      },
      {
        name: 'denied',
        schema: { type: 'boolean' },
        description:
          'denied is optional. True if the action would be denied, otherwise false. If both allowed is false and denied is false, then the authorizer has no opinion on whether to authorize the action. Denied may not be true if Allowed is true.',
      },
      {
        name: 'reason',
        schema: { type: 'string' },
        description: 'reason is optional. It indicates why a request was allowed or denied.',
      },
      {
        name: 'evaluationError',
        schema: { type: 'string' },
        description:
          'evaluationError is an indication that some error occurred during the authorization check. It is entirely possible to get an error and be able to continue determine authorization status in spite of it. For instance, RBAC can be missing a role, but enough roles are still present and bound to reason about the request.',
      },
    ],
  },
  {
    name: 'io.k8s.api.authorization.v1.SubjectRulesReviewStatus',
    description:
      "SubjectRulesReviewStatus contains the result of a rules check. This check can be incomplete depending on the set of authorizers the server is configured with and any errors experienced during evaluation. Because authorization rules are additive, if a rule appears in a list it's safe to assume the subject has that permission, even if that list is incomplete.",
    fields: [
      {
        name: 'resourceRules',
        schema: { type: 'array', items: { type: 'ref', name: 'io.k8s.api.authorization.v1.ResourceRule' } },
        description:
          "resourceRules is the list of actions the subject is allowed to perform on resources. The list ordering isn't significant, may contain duplicates, and possibly be incomplete.",
        required: true,
        presence: 'always',
      },
      {
        name: 'nonResourceRules',
        schema: { type: 'array', items: { type: 'ref', name: 'io.k8s.api.authorization.v1.NonResourceRule' } },
        description:
          "nonResourceRules is the list of actions the subject is allowed to perform on non-resources. The list ordering isn't significant, may contain duplicates, and possibly be incomplete.",
        required: true,
        presence: 'always',
      },
      {
        name: 'incomplete',
        schema: { type: 'boolean' },
        description:
          "incomplete is true when the rules returned by this call are incomplete. This is most commonly encountered when an authorizer, such as an external authorizer, doesn't support rules evaluation.",
        required: true,
        presence: 'always',
      },
      {
        name: 'evaluationError',
        schema: { type: 'string' },
        description:
          "evaluationError can appear in combination with Rules. It indicates an error occurred during rule evaluation, such as an authorizer that doesn't support rule evaluation, and that ResourceRules and/or NonResourceRules may be incomplete.",
      },
    ],
  },
];
