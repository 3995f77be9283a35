import {
  badRequest,
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
    const answered: SelfSubjectAccessReview = {
      ...(review as SelfSubjectAccessReview),
      status: this.#decide(user, spec.resourceAttributes, spec.nonResourceAttributes),
    };
    return answered;
  }

  subject(review: KubeObject): KubeObject {
    const asked = review as SubjectAccessReview;
    const { spec } = asked;
    const user = subjectOf(spec.user, spec.uid, spec.groups);
    return { ...asked, status: this.#decide(user, spec.resourceAttributes, spec.nonResourceAttributes) } as KubeObject;
  }

  local(review: KubeObject, namespace: string): KubeObject {
    const asked = review as LocalSubjectAccessReview;
    const { spec } = asked;
    if ((spec.resourceAttributes?.namespace ?? '') !== namespace) {
      throw badRequest('spec.resourceAttributes.namespace must match the namespace of the request');
    }
    const user = subjectOf(spec.user, spec.uid, spec.groups);
    return { ...asked, status: this.#decide(user, spec.resourceAttributes, undefined) } as KubeObject;
  }

  /** Authorizers here are no lists of rules: what is told is whether everything is allowed. */
  rules(review: KubeObject, user: User): KubeObject {
    const asked = review as SelfSubjectRulesReview;
    const everything: AccessRequest = { ...NOTHING, user, isResource: true, verb: '*', group: '*', resource: '*' };
    const isAllowed = this.authorizer.authorize({ ...everything, namespace: asked.spec.namespace ?? '' }).isAllowed;
    const answered: SelfSubjectRulesReview = {
      ...asked,
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
    if ((resource === undefined) === (path === undefined)) {
      throw badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified');
    }
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

function subjectOf(name = '', uid = '', groups: readonly string[] = []): User {
  if (name === '' && groups.length === 0) throw badRequest('at least one of user or group must be specified');
  return { name, uid, groups };
}
