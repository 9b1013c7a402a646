// Acting as someone else: the Impersonate-* headers, each thing they ask for authorised on its own.
// Since 1.36 the server first tries constrained impersonation (https://kep.k8s.io/5284) and then the `impersonate` verb of old;
// when all fail it tells the first refusal, beginning with the mode that last worked for this requester.
import { forbidden } from './forbidden.ts';
import { type Attributes, authorize } from './rbac.ts';
import { type ApiError, badRequest } from './status.ts';
import type { Store } from './store.ts';
import { serviceAccountGroups, serviceAccountOf, type User } from './users.ts';

type Headers = Readonly<Record<string, readonly string[] | undefined>>;

interface Wanted {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

type Mode = 'arbitrary-node' | 'serviceaccount' | 'user-info' | 'legacy';

const authentication = 'authentication.k8s.io';
const extraHeader = 'impersonate-extra-';

export interface Impersonation {
  /** The user that a request acts as, or null when it asks for none. Throws the real server's 400 and 403. */
  act(requester: User, headers: Headers, asked: Attributes): User | null;
}

export function createImpersonation(store: Store): Impersonation {
  const lastMode = new Map<string, Mode>();
  return {
    act(requester, headers, asked) {
      const wanted = wantedUser(headers);
      if (!wanted) return null;
      const applicable = modesFor(wanted);
      const last = lastMode.get(requester.name);
      const order =
        last && applicable.includes(last) ? [last, ...applicable.filter((mode) => mode !== last)] : applicable;
      const refusals: ApiError[] = [];
      for (const mode of order) {
        const refusal = refuse(store, requester, wanted, asked, mode);
        if (refusal) refusals.push(refusal);
        else {
          lastMode.set(requester.name, mode);
          return complete(wanted, mode);
        }
      }
      throw refusals[0] ?? badRequest('all impersonation modes failed');
    },
  };
}

function wantedUser(headers: Headers): Wanted | null {
  const name = textsOf(headers, 'impersonate-user')[0] ?? '';
  const uid = textsOf(headers, 'impersonate-uid')[0] ?? '';
  const groups = textsOf(headers, 'impersonate-group');
  const extra: Record<string, string[]> = {};
  for (const header of Object.keys(headers)) {
    if (!header.startsWith(extraHeader)) continue;
    const key = decoded(header.slice(extraHeader.length));
    extra[key] = [...(extra[key] ?? []), ...textsOf(headers, header)];
  }
  if (name !== '') return { name, uid, groups, extra };
  if (uid === '' && groups.length === 0 && Object.keys(extra).length === 0) return null;
  throw badRequest(`requested ${goSyntax({ name, uid, groups, extra })} without impersonating a user name`);
}

/** Node reads headers as Latin-1; the real server takes their bytes for UTF-8. */
function textsOf(headers: Headers, name: string): string[] {
  return (headers[name] ?? []).map((value) => Buffer.from(value, 'latin1').toString());
}

/** Keys arrive in lower case, as header names do; a malformed escape is taken as it stands. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function goSyntax({ name, uid, groups, extra }: Wanted): string {
  const strings = (list: readonly string[]) => `{${list.map((one) => JSON.stringify(one)).join(', ')}}`;
  const keys = Object.entries(extra).map(([key, values]) => `${JSON.stringify(key)}:[]string${strings(values)}`);
  const groupText = groups.length === 0 ? '[]string(nil)' : `[]string${strings(groups)}`;
  const extraText = keys.length === 0 ? 'map[string][]string(nil)' : `map[string][]string{${keys.join(', ')}}`;
  return `&user.DefaultInfo{Name:${JSON.stringify(name)}, UID:${JSON.stringify(uid)}, Groups:${groupText}, Extra:${extraText}}`;
}

function modesFor(wanted: Wanted): Mode[] {
  const onlyName = wanted.uid === '' && wanted.groups.length === 0 && Object.keys(wanted.extra).length === 0;
  if (nodeOf(wanted.name) !== null) return onlyName ? ['arbitrary-node', 'legacy'] : ['legacy'];
  if (serviceAccountOf(wanted.name)) return onlyName ? ['serviceaccount', 'legacy'] : ['legacy'];
  return ['user-info', 'legacy'];
}

function nodeOf(name: string): string | null {
  return /^system:node:([a-z0-9]([a-z0-9.-]*[a-z0-9])?)$/.exec(name)?.[1] ?? null;
}

function refuse(store: Store, requester: User, wanted: Wanted, asked: Attributes, mode: Mode): ApiError | null {
  for (const check of checks(wanted, asked, mode)) {
    if ('never' in check) return forbidden(requester.name, check.asked, check.never);
    const verdict = authorize(store, requester, check.asked);
    if (!verdict.allowed) return forbidden(requester.name, check.asked, verdict.reason);
  }
  return null;
}

type Check = { readonly asked: Attributes } | { readonly asked: Attributes; readonly never: string };

/** Every authorisation that a mode demands, in the order in which the real server makes them. */
function* checks(wanted: Wanted, asked: Attributes, mode: Mode): Generator<Check> {
  const constrained = mode !== 'legacy';
  const verb = constrained ? `impersonate:${mode}` : 'impersonate';
  const group = constrained ? authentication : '';
  if (constrained) yield { asked: { ...asked, verb: `impersonate-on:${mode}:${asked.verb}` } };

  const account = serviceAccountOf(wanted.name);
  if (account) yield { asked: { verb, group, resource: 'serviceaccounts', ...account } };
  else if (mode === 'arbitrary-node') {
    yield { asked: { verb, group, resource: 'nodes', name: nodeOf(wanted.name) ?? '' } };
  } else yield { asked: { verb, group, resource: 'users', name: wanted.name } };

  if (wanted.uid !== '') yield { asked: { verb, group: authentication, resource: 'uids', name: wanted.uid } };

  if (constrained && wanted.groups.includes('')) {
    yield { asked: { verb, group, resource: 'groups' }, never: 'impersonating the empty string group is not allowed' };
  }
  if (constrained && wanted.groups.includes('system:masters')) {
    const named: Attributes = { verb, group, resource: 'groups', name: 'system:masters' };
    yield { asked: named, never: 'impersonating the system:masters group is not allowed' };
  }
  for (const name of wanted.groups) yield { asked: { verb, group, resource: 'groups', name } };

  for (const [subresource, values] of Object.entries(wanted.extra)) {
    for (const name of values) {
      yield { asked: { verb, group: authentication, resource: 'userextras', subresource, name } };
    }
  }
}

/** Groups that come with a user by nature; those of a service account only where none were asked for. */
function complete(wanted: Wanted, mode: Mode): User {
  const account = serviceAccountOf(wanted.name);
  const given =
    mode === 'arbitrary-node'
      ? ['system:nodes']
      : account && wanted.groups.length === 0
        ? serviceAccountGroups(account.namespace)
        : [...wanted.groups];
  return { ...wanted, groups: withAuthenticated(wanted.name, given) };
}

function withAuthenticated(name: string, groups: readonly string[]): string[] {
  const group = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  const settled = groups.includes(group) || groups.includes('system:unauthenticated');
  return settled ? [...groups] : [...groups, group];
}
