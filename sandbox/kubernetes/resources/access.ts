// Kinds of access control, questions about oneself, measurements, and custom kinds, of which there are none.
import type { Resource } from './resource.ts';
import { readable } from './verbs.ts';

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', verbs: readable, fields: [] };
const metrics = { group: 'metrics.k8s.io', version: 'v1beta1', verbs: ['get', 'list'] as const, fields: [] };

const emptyRole = { rules: null };
const emptyBinding = { roleRef: { apiGroup: '', kind: '', name: '' } };

export const accessResources: readonly Resource[] = [
  {
    ...rbac,
    resource: 'clusterrolebindings',
    blank: emptyBinding,
    singular: 'clusterrolebinding',
    kind: 'ClusterRoleBinding',
    namespaced: false,
  },
  {
    ...rbac,
    resource: 'clusterroles',
    blank: emptyRole,
    singular: 'clusterrole',
    kind: 'ClusterRole',
    namespaced: false,
  },
  {
    ...rbac,
    resource: 'rolebindings',
    blank: emptyBinding,
    singular: 'rolebinding',
    kind: 'RoleBinding',
    namespaced: true,
  },
  { ...rbac, resource: 'roles', blank: emptyRole, singular: 'role', kind: 'Role', namespaced: true },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    resource: 'customresourcedefinitions',
    singular: 'customresourcedefinition',
    kind: 'CustomResourceDefinition',
    namespaced: false,
    verbs: readable,
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    fields: [],
    blank: {
      spec: { group: '', names: { plural: '', kind: '' }, scope: '', versions: null },
      status: { conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null },
    },
  },
  { ...metrics, resource: 'nodes', singular: '', kind: 'NodeMetrics', namespaced: false },
  { ...metrics, resource: 'pods', singular: '', kind: 'PodMetrics', namespaced: true },
  ...(['selfsubjectaccessreviews', 'selfsubjectrulesreviews'] as const).map((resource) =>
    review('authorization.k8s.io', resource),
  ),
  review('authentication.k8s.io', 'selfsubjectreviews'),
];

function review(
  group: string,
  resource: 'selfsubjectaccessreviews' | 'selfsubjectrulesreviews' | 'selfsubjectreviews',
): Resource {
  const kinds = {
    selfsubjectaccessreviews: 'SelfSubjectAccessReview',
    selfsubjectrulesreviews: 'SelfSubjectRulesReview',
    selfsubjectreviews: 'SelfSubjectReview',
  };
  return {
    group,
    version: 'v1',
    resource,
    singular: resource.slice(0, -1),
    kind: kinds[resource],
    namespaced: false,
    verbs: ['create'],
    fields: [],
  };
}
