// Which rights manifests/chatops/rbac gives to whom: what the bot needs of a cluster.
import { type KubernetesObject, listAt, textAt, textsAt } from '../kubernetes/objects.ts';

/** One right, as a SelfSubjectAccessReview asks for it. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** The one object that it holds for; empty for all. */
  readonly name: string;
}

/** @param subject of the bindings, for example the group `homelab-bot:viewer`. */
export function rightsOf(
  objects: readonly KubernetesObject[],
  subject: { readonly kind: 'Group' | 'ServiceAccount'; readonly name: string },
): readonly Right[] {
  const isSubject = (one: unknown) => textAt(one, 'kind') === subject.kind && textAt(one, 'name') === subject.name;
  const bound = objects
    .filter((object) => object.kind === 'ClusterRoleBinding' && listAt(object, 'subjects').some(isSubject))
    .map((object) => textAt(object, 'roleRef.name'));
  return objects
    .filter((object) => object.kind === 'ClusterRole' && bound.includes(object.metadata.name))
    .flatMap((role) => listAt(role, 'rules').flatMap(rightsIn));
}

/** `list pods`, `patch deployments.apps/scale`, `impersonate users homelab-bot:viewer`: as kubectl writes them. */
export function nameOf({ verb, group, resource, subresource, name }: Right): string {
  const kind = group === '' ? resource : `${resource}.${group}`;
  const what = subresource === '' ? kind : `${kind}/${subresource}`;
  return `${verb} ${what}${name === '' ? '' : ` ${name}`}`;
}

function rightsIn(rule: unknown): Right[] {
  const named = textsAt(rule, 'resourceNames');
  return textsAt(rule, 'apiGroups').flatMap((group) =>
    textsAt(rule, 'resources').flatMap((whole) => {
      const [resource = '', subresource = ''] = whole.split('/');
      return textsAt(rule, 'verbs').flatMap((verb) =>
        (named.length === 0 ? [''] : named).map((name) => ({ verb, group, resource, subresource, name })),
      );
    }),
  );
}
