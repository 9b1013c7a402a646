// Who makes a request: bearer tokens, and what the server adds to the name that belongs to one.
import { unauthorized } from './status.ts';

export interface User {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export const anonymous: User = {
  name: 'system:anonymous',
  uid: '',
  groups: ['system:unauthenticated'],
  extra: {},
};

export function serviceAccountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

/** `system:serviceaccount:<namespace>:<name>` taken apart; null for any other user. */
export function serviceAccountOf(username: string): { namespace: string; name: string } | null {
  const [, namespace, name] = /^system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)$/.exec(username) ?? [];
  return namespace === undefined || name === undefined ? null : { namespace, name };
}

export function serviceAccountUser(namespace: string, name: string, uid: string): User {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
    extra: {},
  };
}

/** Throws 401 for a token that is none of ours, and without one unless `allowAnonymous`: K3s refuses anonymous requests, kube-apiserver by itself does not. */
export function authenticate(
  authorization: string | undefined,
  tokens: ReadonlyMap<string, User>,
  allowAnonymous: boolean,
): User {
  const [, token] = /^bearer\s+(\S+)\s*$/i.exec(authorization ?? '') ?? [];
  if (token === undefined) {
    if (allowAnonymous) return anonymous;
    throw unauthorized();
  }
  const user = tokens.get(token);
  if (!user) throw unauthorized();
  return user;
}
