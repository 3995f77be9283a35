// Schemas of io.k8s.api.authentication.v1.
// Written by scripts/generate-api-types.mjs; changes here are lost.

import type { TypeSchema } from '../machinery/schema';

export const AUTHENTICATION_V1_SCHEMAS: readonly TypeSchema[] = [
  {
    name: 'io.k8s.api.authentication.v1.BoundObjectReference',
    description: 'BoundObjectReference is a reference to an object that a token is bound to.',
    fields: [
      {
        name: 'kind',
        schema: { type: 'string' },
        description: "kind of the referent. Valid kinds are 'Pod' and 'Secret'.",
      },
      { name: 'apiVersion', schema: { type: 'string' }, description: 'apiVersion is API version of the referent.' },
      { name: 'name', schema: { type: 'string' }, description: 'name of the referent.' },
      { name: 'uid', schema: { type: 'string' }, description: 'uid of the referent.' },
    ],
  },
  {
    name: 'io.k8s.api.authentication.v1.SelfSubjectReview',
    description:
      'SelfSubjectReview contains the user information that the kube-apiserver has about the user making this request. When using impersonation, users will receive the user info of the user being impersonated. If impersonation or request header authentication is used, any extra keys will have their case ignored and returned as lowercase.',
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
        name: 'status',
        schema: { type: 'ref', name: 'io.k8s.api.authentication.v1.SelfSubjectReviewStatus' },
        description: 'SelfSubjectReviewStatus is filled by the kube-apiserver and sent back to a user.',
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.authentication.v1.SelfSubjectReviewStatus',
    description: 'SelfSubjectReviewStatus is filled by the kube-apiserver and sent back to a user.',
    fields: [
      {
        name: 'userInfo',
        schema: { type: 'ref', name: 'io.k8s.api.authentication.v1.UserInfo' },
        description: 'UserInfo holds the information about the user needed to implement the user.Info interface.',
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.authentication.v1.TokenRequest',
    description: 'TokenRequest requests a token for a given service account.',
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
        schema: { type: 'ref', name: 'io.k8s.api.authentication.v1.TokenRequestSpec' },
        description: 'TokenRequestSpec contains client provided parameters of a token request.',
        presence: 'always',
      },
      {
        name: 'status',
        schema: { type: 'ref', name: 'io.k8s.api.authentication.v1.TokenRequestStatus' },
        description: 'TokenRequestStatus is the result of a token request.',
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.authentication.v1.TokenRequestSpec',
    description: 'TokenRequestSpec contains client provided parameters of a token request.',
    fields: [
      {
        name: 'audiences',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'audiences are the intendend audiences of the token. A recipient of a token must identify themself with an identifier in the list of audiences of the token, and otherwise should reject the token. A token issued for multiple audiences may be used to authenticate against any of the audiences listed but implies a high degree of trust between the target audiences.',
        presence: 'always',
      },
      {
        name: 'expirationSeconds',
        schema: { type: 'integer', format: 'int64' },
        description:
          "expirationSeconds is the requested duration of validity of the request. The token issuer may return a token with a different validity duration so a client needs to check the 'expiration' field in a response.",
        presence: 'always-nullable',
      },
      {
        name: 'boundObjectRef',
        schema: { type: 'ref', name: 'io.k8s.api.authentication.v1.BoundObjectReference' },
        description: 'BoundObjectReference is a reference to an object that a token is bound to.',
        presence: 'always-nullable',
      },
    ],
  },
  {
    name: 'io.k8s.api.authentication.v1.TokenRequestStatus',
    description: 'TokenRequestStatus is the result of a token request.',
    fields: [
      {
        name: 'token',
        schema: { type: 'string' },
        description: 'token is the opaque bearer token.',
        presence: 'always',
      },
      {
        name: 'expirationTimestamp',
        schema: { type: 'string', format: 'date-time' },
        description: 'expirationTimestamp is the time of expiration of the returned token.',
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.authentication.v1.TokenReview',
    description:
      'TokenReview attempts to authenticate a token to a known user. Note: TokenReview requests may be cached by the webhook token authenticator plugin in the kube-apiserver.',
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
        schema: { type: 'ref', name: 'io.k8s.api.authentication.v1.TokenReviewSpec' },
        description: 'TokenReviewSpec is a description of the token authentication request.',
        required: true,
        presence: 'always',
      },
      {
        name: 'status',
        schema: { type: 'ref', name: 'io.k8s.api.authentication.v1.TokenReviewStatus' },
        description: 'TokenReviewStatus is the result of the token authentication request.',
        presence: 'always',
      },
    ],
  },
  {
    name: 'io.k8s.api.authentication.v1.TokenReviewSpec',
    description: 'TokenReviewSpec is a description of the token authentication request.',
    fields: [
      { name: 'token', schema: { type: 'string' }, description: 'token is the opaque bearer token.', required: true },
      {
        name: 'audiences',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'audiences is a list of the identifiers that the resource server presented with the token identifies as. Audience-aware token authenticators will verify that the token was intended for at least one of the audiences in this list. If no audiences are provided, the audience will default to the audience of the Kubernetes apiserver.',
      },
    ],
  },
  {
    name: 'io.k8s.api.authentication.v1.TokenReviewStatus',
    description: 'TokenReviewStatus is the result of the token authentication request.',
    fields: [
      {
        name: 'authenticated',
        schema: { type: 'boolean' },
        description: 'authenticated indicates that the token was associated with a known user.',
      },
      {
        name: 'user',
        schema: { type: 'ref', name: 'io.k8s.api.authentication.v1.UserInfo' },
        description: 'UserInfo holds the information about the user needed to implement the user.Info interface.',
        presence: 'always',
      },
      {
        name: 'audiences',
        schema: { type: 'array', items: { type: 'string' } },
        description:
          'audiences are audience identifiers chosen by the authenticator that are compatible with both the TokenReview and token. An identifier is any identifier in the intersection of the TokenReviewSpec audiences and the token\'s audiences. A client of the TokenReview API that sets the spec.audiences field should validate that a compatible audience identifier is returned in the status.audiences field to ensure that the TokenReview server is audience aware. If a TokenReview returns an empty status.audience field where status.authenticated is "true", the token is valid against the audience of the Kubernetes API server.',
      },
      { name: 'error', schema: { type: 'string' }, description: "error indicates that the token couldn't be checked" },
    ],
  },
  {
    name: 'io.k8s.api.authentication.v1.UserInfo',
    description: 'UserInfo holds the information about the user needed to implement the user.Info interface.',
    fields: [
      {
        name: 'username',
        schema: { type: 'string' },
        description: 'username is the name that uniquely identifies this user among all active users.',
      },
      {
        name: 'uid',
        schema: { type: 'string' },
        description:
          'uid is a unique value that identifies this user across time. If this user is deleted and another user by the same name is added, they will have different UIDs.',
      },
      {
        name: 'groups',
        schema: { type: 'array', items: { type: 'string' } },
        description: 'groups is the names of groups this user is a part of.',
      },
      {
        name: 'extra',
        schema: { type: 'map', values: { type: 'array', items: { type: 'string' } } },
        description: 'extra is any additional information provided by the authenticator.',
      },
    ],
  },
];
