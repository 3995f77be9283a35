import {
  badRequest,
  type FieldError,
  invalidObject,
  type KubeObject,
  type LocalSubjectAccessReview,
  type NonResourceAttributes,
  type ResourceAttributes,
  type SelfSubjectAccessReview,
  type SelfSubjectRulesReview,
  type SubjectAccessReview,
  type SubjectAccessReviewStatus,
} from '@kubernetes-mesos/api-types';
import type { AccessRequest, Authorizer } from '../authorization/authorizer';
import type { User } from '../endpoints/verb-context';

/** Answers what somebody may do, by the authorizer that guards the secure port. All pure but for the authorizer. */
export class AccessReviews {
  constructor(private readonly authorizer: Authorizer) {}

  self(review: KubeObject, user: User): KubeObject {
    const { spec } = review as SelfSubjectAccessReview;
    requireValid([...attributeProblems(spec), ...metadataProblems(review)]);
    const answered: SelfSubjectAccessReview = {
      ...(review as SelfSubjectAccessReview),
      status: this.#decide(user, spec.resourceAttributes, spec.nonResourceAttributes),
    };
    return answered;
  }

  subject(review: KubeObject): KubeObject {
    const asked = review as SubjectAccessReview;
    const { spec } = asked;
    requireValid([...attributeProblems(spec), ...subjectProblems(spec), ...metadataProblems(review)]);
    const status = this.#decide(subjectOf(spec), spec.resourceAttributes, spec.nonResourceAttributes);
    return { ...asked, status } as KubeObject;
  }

  local(review: KubeObject, namespace: string): KubeObject {
    const asked = review as LocalSubjectAccessReview;
    const { spec } = asked;
    requireValid([...attributeProblems(spec), ...subjectProblems(spec), ...localProblems(asked, namespace)]);
    return { ...asked, status: this.#decide(subjectOf(spec), spec.resourceAttributes, undefined) } as KubeObject;
  }

  /** Authorizers here are no lists of rules: what is told is whether everything is allowed. */
  rules(review: KubeObject, user: User): KubeObject {
    const asked = review as SelfSubjectRulesReview;
    if ((asked.spec.namespace ?? '') === '') throw badRequest('no namespace on request');
    const everything: AccessRequest = { ...NOTHING, user, isResource: true, verb: '*', group: '*', resource: '*' };
    const isAllowed = this.authorizer.authorize({ ...everything, namespace: asked.spec.namespace ?? '' }).isAllowed;
    const answered: SelfSubjectRulesReview = {
      ...asked,
      // As upstream, which answers the rules alone.
      spec: {},
      status: {
        resourceRules: isAllowed ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] : [],
        nonResourceRules: isAllowed ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [],
        incomplete: !isAllowed,
      },
    };
    return answered;
  }

  #decide(
    user: User,
    resource: ResourceAttributes | undefined,
    path: NonResourceAttributes | undefined,
  ): SubjectAccessReviewStatus {
    const request: AccessRequest =
      resource === undefined
        ? { ...NOTHING, user, verb: path?.verb ?? '', path: path?.path ?? '' }
        : {
            ...NOTHING,
            user,
            isResource: true,
            verb: resource.verb ?? '',
            group: resource.group ?? '',
            namespace: resource.namespace ?? '',
            resource: resource.resource ?? '',
            subresource: resource.subresource ?? '',
            name: resource.name ?? '',
          };
    const { isAllowed, reason } = this.authorizer.authorize(request);
    return { allowed: isAllowed, ...(reason === '' ? {} : { reason }) };
  }
}

const NOTHING = {
  isResource: false,
  verb: '',
  group: '',
  namespace: '',
  resource: '',
  subresource: '',
  name: '',
  path: '',
} as const;

type ReviewSpec = SubjectAccessReview['spec'];

function subjectOf({ user: name = '', uid = '', groups = [] }: ReviewSpec): User {
  return { name, uid, groups };
}

function attributeProblems({ resourceAttributes, nonResourceAttributes }: Partial<ReviewSpec>): FieldError[] {
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    return [refused('spec.nonResourceAttributes', nonResourceAttributes, detail, shown(nonResourceAttributes))];
  }
  if (resourceAttributes === undefined && nonResourceAttributes === undefined) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    return [refused('spec.resourceAttributes', 'null', detail)];
  }
  return [];
}

function subjectProblems({ user = '', groups = [] }: ReviewSpec): FieldError[] {
  if (user !== '' || groups.length > 0) return [];
  return [refused('spec.user', user, 'at least one of user or group must be specified')];
}

function localProblems({ metadata, spec }: LocalSubjectAccessReview, namespace: string): FieldError[] {
  const problems: FieldError[] = [];
  const { namespace: own = namespace, ...rest } = metadata ?? {};
  if (Object.keys(rest).length > 0) problems.push(refused('metadata', rest, 'must be empty except for namespace'));
  const of = spec.resourceAttributes?.namespace ?? '';
  if (spec.resourceAttributes !== undefined && of !== own) {
    problems.push(refused('spec.resourceAttributes.namespace', of, 'must match metadata.namespace'));
  }
  if (spec.nonResourceAttributes !== undefined) {
    const { nonResourceAttributes: path } = spec;
    problems.push(refused('spec.nonResourceAttributes', path, 'disallowed on this kind of request', shown(path)));
  }
  return problems;
}

function metadataProblems({ metadata }: KubeObject): FieldError[] {
  return Object.keys(metadata).length === 0 ? [] : [refused('metadata', metadata, 'must be empty')];
}

/** As Go prints the struct. */
function shown({ path = '', verb = '' }: NonResourceAttributes): string {
  return `authorization.NonResourceAttributes{Path:${JSON.stringify(path)}, Verb:${JSON.stringify(verb)}}`;
}

function refused(field: string, value: unknown, detail: string, shownValue?: string): FieldError {
  return { reason: 'FieldValueInvalid', field, value, detail, ...(shownValue === undefined ? {} : { shownValue }) };
}

/** @throws StatusError 422, which does not name the kind, as upstream's */
function requireValid(problems: readonly FieldError[]): void {
  if (problems.length > 0) throw invalidObject({ group: 'authorization.k8s.io', name: '' }, '', problems);
}
