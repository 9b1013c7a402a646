// Questions about oneself: may I (SelfSubjectAccessReview), what may I (SelfSubjectRulesReview), who am I (SelfSubjectReview).
import { at, isRecord, textAt } from './objects.ts';
import { type Attributes, authorize, type Rule, rulesFor } from './rbac.ts';
import { ApiError, badRequest, status } from './status.ts';
import { type Store, timestamp } from './store.ts';
import type { User } from './users.ts';

export function review(resource: string, body: unknown, user: User, store: Store, now: Date): object {
  if (!isRecord(body)) throw badRequest('the object provided is unrecognized');
  switch (resource) {
    case 'selfsubjectaccessreviews':
      return accessReview(body, user, store);
    case 'selfsubjectrulesreviews':
      return rulesReview(body, user, store);
    default:
      return selfReview(user, now);
  }
}

function accessReview(body: Record<string, unknown>, user: User, store: Store): object {
  const asked = attributesOf(body);
  if (!asked) throw notExactlyOne();
  const { allowed, reason } = authorize(store, user, asked);
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: body['spec'],
    status: { allowed, ...(reason === '' ? {} : { reason }) },
  };
}

function attributesOf(body: Record<string, unknown>): Attributes | null {
  const resource = at(body, 'spec.resourceAttributes');
  const path = at(body, 'spec.nonResourceAttributes');
  if (isRecord(resource) === isRecord(path)) return null;
  if (isRecord(path)) return { verb: textAt(path, 'verb'), path: textAt(path, 'path') };
  return {
    verb: textAt(resource, 'verb'),
    group: textAt(resource, 'group'),
    resource: textAt(resource, 'resource'),
    subresource: textAt(resource, 'subresource'),
    namespace: textAt(resource, 'namespace'),
    name: textAt(resource, 'name'),
  };
}

function notExactlyOne(): ApiError {
  const said = 'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
  const field = 'spec.resourceAttributes';
  const details = { group: 'authorization.k8s.io', causes: [{ reason: 'FieldValueInvalid', message: said, field }] };
  const message = `.authorization.k8s.io "" is invalid: ${field}: ${said}`;
  return new ApiError(422, status(422, message, { reason: 'Invalid', details }));
}

function rulesReview(body: Record<string, unknown>, user: User, store: Store): object {
  const namespace = textAt(body, 'spec.namespace');
  if (namespace === '') throw badRequest('no namespace on request');
  const rules = rulesFor(store, user, namespace);
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: {},
    status: {
      resourceRules: rules.filter(({ resources }) => resources.length > 0).map(resourceRule),
      nonResourceRules: rules
        .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: false,
    },
  };
}

function resourceRule({ verbs, apiGroups, resources, resourceNames }: Rule) {
  return { verbs, apiGroups, resources, ...(resourceNames.length === 0 ? {} : { resourceNames }) };
}

function selfReview(user: User, now: Date): object {
  const { name: username, uid, groups, extra } = user;
  const userInfo = {
    username,
    ...(uid === '' ? {} : { uid }),
    groups,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
  return {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: timestamp(now) },
    status: { userInfo },
  };
}
