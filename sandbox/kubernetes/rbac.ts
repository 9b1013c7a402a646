// Role-based access control over the Role and Binding objects that the server holds, with the real authorizer's reasons.
import { type KubernetesObject, listAt, textAt, textsAt } from './objects.ts';
import type { Store } from './store.ts';
import { serviceAccountOf, type User } from './users.ts';

/** What is asked. A path is a request for no resource, as `/healthz`. */
export type Attributes =
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
    }
  | { readonly verb: string; readonly path: string };

export interface Verdict {
  readonly allowed: boolean;
  /** The real authorizer's words; empty for system:masters and for a plain no. */
  readonly reason: string;
}

export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

interface Grant {
  readonly rules: readonly Rule[];
  readonly why: string;
}

const roleGroup = 'rbac.authorization.k8s.io';

export function authorize(store: Store, user: User, asked: Attributes): Verdict {
  if (user.groups.includes('system:masters')) return { allowed: true, reason: '' };
  const namespace = 'path' in asked ? '' : (asked.namespace ?? '');
  const errors: string[] = [];
  for (const grant of grants(store, user, namespace, errors)) {
    if (grant.rules.some((rule) => allows(rule, asked)))
      return { allowed: true, reason: `RBAC: allowed by ${grant.why}` };
  }
  const [first, ...more] = errors;
  if (first === undefined) return { allowed: false, reason: '' };
  return { allowed: false, reason: `RBAC: ${more.length === 0 ? first : `[${errors.join(', ')}]`}` };
}

/** All rules that hold for a user in a namespace, as SelfSubjectRulesReview shows them. */
export function rulesFor(store: Store, user: User, namespace: string): Rule[] {
  return grants(store, user, namespace, []).flatMap((grant) => grant.rules);
}

/** Bindings to a role that does not exist grant nothing and are told in `errors`. */
function grants(store: Store, user: User, namespace: string, errors: string[]): Grant[] {
  const cluster = store.all(`${roleGroup}/clusterrolebindings`).map((binding) => ({ binding, where: '' }));
  const local = store
    .all(`${roleGroup}/rolebindings`)
    .filter((binding) => namespace !== '' && binding.metadata.namespace === namespace)
    .map((binding) => ({ binding, where: namespace }));
  return [...cluster, ...local].flatMap(({ binding, where }) => {
    const subject = listAt(binding, 'subjects').find((one) => isSubject(one, user, where));
    if (subject === undefined) return [];
    const kind = textAt(binding, 'roleRef.kind');
    const name = textAt(binding, 'roleRef.name');
    const role = store.find(`${roleGroup}/${kind.toLowerCase()}s`, kind === 'Role' ? where : '', name);
    if (!role) {
      errors.push(`${kind.toLowerCase()}.${roleGroup} "${name}" not found`);
      return [];
    }
    const named = where === '' ? binding.metadata.name : `${binding.metadata.name}/${where}`;
    const why = `${where === '' ? 'Cluster' : ''}RoleBinding "${named}" of ${kind} "${name}" to ${describe(subject, where)}`;
    return [{ rules: rulesOf(role), why }];
  });
}

export function rulesOf(role: KubernetesObject): Rule[] {
  return listAt(role, 'rules').map((rule) => ({
    verbs: textsAt(rule, 'verbs'),
    apiGroups: textsAt(rule, 'apiGroups'),
    resources: textsAt(rule, 'resources'),
    resourceNames: textsAt(rule, 'resourceNames'),
    nonResourceURLs: textsAt(rule, 'nonResourceURLs'),
  }));
}

function isSubject(subject: unknown, user: User, bindingNamespace: string): boolean {
  const name = textAt(subject, 'name');
  switch (textAt(subject, 'kind')) {
    case 'User':
      return user.name === name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const account = serviceAccountOf(user.name);
      const namespace = textAt(subject, 'namespace') || bindingNamespace;
      return account !== null && account.name === name && account.namespace === namespace;
    }
    default:
      return false;
  }
}

function describe(subject: unknown, bindingNamespace: string): string {
  const name = textAt(subject, 'name');
  const kind = textAt(subject, 'kind');
  if (kind !== 'ServiceAccount') return `${kind} "${name}"`;
  return `${kind} "${name}/${textAt(subject, 'namespace') || bindingNamespace}"`;
}

function allows(rule: Rule, asked: Attributes): boolean {
  if (!has(rule.verbs, asked.verb)) return false;
  if ('path' in asked) return rule.nonResourceURLs.some((url) => coversPath(url, asked.path));
  if (!has(rule.apiGroups, asked.group) || !coversResource(rule, asked.resource, asked.subresource ?? '')) return false;
  return rule.resourceNames.length === 0 || rule.resourceNames.includes(asked.name ?? '');
}

function has(list: readonly string[], wanted: string): boolean {
  return list.includes('*') || list.includes(wanted);
}

function coversResource(rule: Rule, resource: string, subresource: string): boolean {
  if (subresource === '') return has(rule.resources, resource);
  return has(rule.resources, `${resource}/${subresource}`) || rule.resources.includes(`*/${subresource}`);
}

function coversPath(url: string, path: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1)));
}
