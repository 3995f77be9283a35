import { badRequest, type KubeObject, type TokenReview, type UserInfo } from '@kubernetes-mesos/api-types';
import type { GroupedVirtual } from '../api-core';
import { authenticateWith, type Authenticator } from '../authentication/authenticator';
import type { Authorizer } from '../authorization/authorizer';
import type { Exchange } from '../http/exchange';
import { bodyMedia } from '../http/parse-body';
import { readTypedBody } from '../http/read-body';
import type { Place } from '../http/resource-routes';
import { sendBody } from '../http/responder';
import type { ApiTools } from '../http/surface';
import { statusFormatOf } from '../http/wanted-format';
import type { User } from '../endpoints/verb-context';
import { writeQuery } from '../endpoints/write-options';
import { AccessReviews } from './access-reviews';

interface ReviewKind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  answer(review: KubeObject, exchange: Exchange, place: Place): KubeObject | Promise<KubeObject>;
}

const AUTHORIZATION = 'authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';

/** The reviews of `authorization.k8s.io/v1` and `authentication.k8s.io/v1`: questions that are POSTed and answered. */
export function reviewResources(
  tools: ApiTools,
  authorizer: Authorizer,
  authenticators: readonly Authenticator[],
): GroupedVirtual[] {
  const access = new AccessReviews(authorizer);
  const kinds: readonly ReviewKind[] = [
    {
      group: AUTHORIZATION,
      kind: 'SelfSubjectAccessReview',
      plural: 'selfsubjectaccessreviews',
      namespaced: false,
      answer: (review, exchange) => access.self(review, exchange.user),
    },
    {
      group: AUTHORIZATION,
      kind: 'SelfSubjectRulesReview',
      plural: 'selfsubjectrulesreviews',
      namespaced: false,
      answer: (review, exchange) => access.rules(review, exchange.user),
    },
    {
      group: AUTHORIZATION,
      kind: 'SubjectAccessReview',
      plural: 'subjectaccessreviews',
      namespaced: false,
      answer: (review) => access.subject(review),
    },
    {
      group: AUTHORIZATION,
      kind: 'LocalSubjectAccessReview',
      plural: 'localsubjectaccessreviews',
      namespaced: true,
      answer: (review, _exchange, place) => access.local(review, place.namespace),
    },
    {
      group: AUTHENTICATION,
      kind: 'TokenReview',
      plural: 'tokenreviews',
      namespaced: false,
      answer: (review) => reviewToken(review as TokenReview, authenticators),
    },
    {
      group: AUTHENTICATION,
      kind: 'SelfSubjectReview',
      plural: 'selfsubjectreviews',
      namespaced: false,
      answer: (review, { user }) =>
        ({
          ...review,
          status: { userInfo: userInfo(user) },
        }) as KubeObject,
    },
  ];
  return kinds.map((kind) => reviewResource(tools, kind));
}

function reviewResource(tools: ApiTools, review: ReviewKind): GroupedVirtual {
  const { group, kind, plural, namespaced } = review;
  const schema = `io.k8s.api.${group.replace('.k8s.io', '')}.v1.${kind}`;
  const post = async (exchange: Exchange, place: Place): Promise<void> => {
    const { fieldValidation } = writeQuery(exchange.query, 'CreateOptions');
    const media = bodyMedia(exchange.request.headers['content-type']);
    const body = await readTypedBody(exchange.request, media, tools);
    const asked = tools.decoder.decode(
      body,
      { kind, apiVersion: `${group}/v1`, schema },
      { fieldValidation, warn: (text) => exchange.warn(text) },
    );
    const answer = await review.answer(withSpec(asked), exchange, place);
    const format = statusFormatOf(tools, exchange);
    sendBody(exchange, 201, format.contentType, format.plain(inOrder(answer)));
  };
  return {
    group,
    version: 'v1',
    discovered: { name: plural, namespaced, kind, verbs: ['create'] },
    routes: {
      plural,
      isNamespaced: namespaced,
      collection: { POST: post },
      acrossNamespaces: {},
      item: {},
      subresources: new Map(),
    },
  };
}

async function reviewToken(review: TokenReview, authenticators: readonly Authenticator[]): Promise<KubeObject> {
  const { token = '', audiences = [] } = review.spec;
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const request = { headers: { authorization: `Bearer ${token}` }, socket: {} } as Parameters<
    typeof authenticateWith
  >[1];
  const found = await (audiences.length === 0
    ? authenticateWith(authenticators, request)
    : authenticateWith(authenticators, request, audiences));
  if (found === undefined || found === 'refused') return reviewed(review, { user: {}, error: 'invalid bearer token' });
  const granted = audiences.length === 0 ? {} : { audiences: [...found.audiences] };
  return reviewed(review, { authenticated: true, user: userInfo(found.user), ...granted });
}

function reviewed(review: TokenReview, status: NonNullable<TokenReview['status']>): KubeObject {
  const answered: TokenReview = { ...review, status };
  return answered;
}

function userInfo({ name, uid, groups, extra }: User): UserInfo {
  const more = Object.entries(extra ?? {}).map(([key, values]) => [key, [...values]]);
  return {
    username: name,
    ...(uid === '' ? {} : { uid }),
    groups: [...groups],
    ...(more.length === 0 ? {} : { extra: Object.fromEntries(more) as Record<string, string[]> }),
  };
}

/** Reviews are answered with metadata that is there, if empty. */
function inOrder(object: KubeObject): object {
  const { kind, apiVersion, metadata, spec, ...rest } = object as KubeObject & { spec?: object };
  const asked = kind === 'SelfSubjectReview' ? {} : { spec };
  return { kind, apiVersion, metadata: { creationTimestamp: null, ...metadata }, ...asked, ...rest };
}

function withSpec(object: KubeObject): KubeObject {
  return { ...object, spec: (object as { spec?: object }).spec ?? {} } as KubeObject;
}
