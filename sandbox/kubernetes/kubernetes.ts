// A Kubernetes API on 127.0.0.1, as far as the bot and kubectl need it: state, RBAC, impersonation, watches, changes, rollouts, faults.
import { randomUUID } from 'node:crypto';
import { createCertificate } from './certificate.ts';
import { createControllers } from './controllers/controllers.ts';
import type { Delays } from './controllers/world.ts';
import { createFaultQueue, type FaultQueue } from './faults.ts';
import { createImpersonation } from './impersonation.ts';
import { type KubeconfigUser, kubeconfig } from './kubeconfig.ts';
import { createRequestLog, type LoggedRequest } from './log.ts';
import { merge } from './merge.ts';
import { type NodeState, nodeAs } from './node-state.ts';
import type { KubernetesObject } from './objects.ts';
import { type Resource, resourceOfKind, storeName } from './resources.ts';
import { defaultRoles } from './seed/roles.ts';
import { type Scale, scaled } from './seed/scale.ts';
import { homelabCluster } from './seed.ts';
import { listen } from './server.ts';
import { createStore, keyOf } from './store.ts';
import { serviceAccountUser, type User } from './users.ts';
import { settle } from './writes/admit.ts';

/** Which object; `namespace` only for those that are in one. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface KubernetesOptions {
  /** The homelab by default; `[]` for an empty cluster. The roles that every cluster has are there anyway. */
  readonly seed?: (now: Date, image?: string) => readonly KubernetesObject[];
  /** Any free one by default. */
  readonly port?: number;
  /** HTTPS, with an authority of its own that the kubeconfigs name. Plain HTTP by default. kubectl sends a token over TLS only. */
  readonly tls?: boolean;
  /** The image of the demo app in the seed, with its tag. */
  readonly image?: string;
  /** How long containers take; a person can watch the usual ones. */
  readonly delays?: Partial<Delays>;
  readonly now?: () => Date;
  /** Whether a request without credentials is let through as system:anonymous. False by default, as in K3s. */
  readonly anonymous?: boolean;
  /** A minute by default, as in the real server. */
  readonly bookmarkMs?: number;
}

export interface Kubernetes {
  readonly url: string;
  /** YAML text, for `KUBECONFIG`. */
  kubeconfig(user: KubeconfigUser): string;
  token(user: KubeconfigUser): string;
  /** Creates or replaces each object, as YAML documents have them; kinds that are not held are refused. */
  apply(objects: readonly KubernetesObject[]): void;
  set(object: KubernetesObject): KubernetesObject;
  /** A JSON merge patch (RFC 7386). */
  patch(which: Reference, change: Readonly<Record<string, unknown>>): KubernetesObject;
  get(which: Reference): KubernetesObject | undefined;
  /** Every object of a kind, in the order of namespace and name. */
  all(kind: Pick<Reference, 'apiVersion' | 'kind'>): readonly KubernetesObject[];
  /** Calls after each change of an object, until the returned function is called. */
  onChange(listener: () => void): () => void;
  remove(which: Reference): void;
  /** `notready`: its kubelet says so; `lost`: it fell silent, and the control plane noticed. */
  node(name: string, state: NodeState): void;
  /** Grows the cluster to so many nodes and pods in all, metrics included. */
  scale(to: Scale): void;
  /** What all containers of a pod have written, from now on. */
  log(pod: { readonly namespace: string; readonly name: string }, text: string): void;
  /** PEM of the authority that signed the server's certificate; null without TLS. */
  readonly ca: string | null;
  /** Forgets all history: older versions are answered 410 Expired. */
  compact(): void;
  readonly requests: readonly LoggedRequest[];
  readonly faults: FaultQueue;
  /** Refuses connections, and cuts the open ones. */
  away(): Promise<void>;
  /** On the same port. */
  back(): Promise<void>;
  /** To the seed, with neither faults nor requests; open connections are cut, tokens stay valid. */
  reset(): void;
  stop(): Promise<void>;
}

export async function startKubernetes(options: KubernetesOptions = {}): Promise<Kubernetes> {
  const { seed = homelabCluster, port = 0, now = () => new Date(), delays } = options;
  const certificate = options.tls ? await createCertificate() : null;
  const store = createStore(now);
  const tokens = new Map<string, User>();
  const faults = createFaultQueue();
  const log = createRequestLog();
  const logs = new Map<string, string>();
  const controllers = createControllers({ store, now, ...(delays ? { delays } : {}) });
  let host = '';

  const set = (object: KubernetesObject) => {
    const resource = resourceFor(object.apiVersion, object.kind);
    const { namespace = '', name } = object.metadata;
    const before = store.find(storeName(resource), namespace, name) ?? null;
    return store.put(storeName(resource), settle(resource, object, before));
  };
  const get = ({ apiVersion, kind, name, namespace = '' }: Reference) =>
    store.find(heldAs(apiVersion, kind), namespace, name);
  const fill = () => {
    for (const object of defaultRoles(now())) set(object);
    for (const object of seed(now(), options.image)) set(object);
    controllers.start();
  };
  fill();

  const token = (user: KubeconfigUser): string => {
    const held = userOf(user, get);
    for (const [known, { name }] of tokens) if (name === held.name) return known;
    const made = `sandbox-${held.name.replaceAll(':', '.')}-${randomUUID()}`;
    tokens.set(made, held);
    return made;
  };

  const world = {
    store,
    tokens,
    impersonation: createImpersonation(store),
    allowAnonymous: options.anonymous ?? false,
    bookmarkMs: options.bookmarkMs ?? 60_000,
    logs,
    now,
    host: () => host,
  };
  const listener = await listen({ world, faults, log, port, certificate }).catch((error: unknown) => {
    controllers.stop();
    throw error;
  });
  host = `127.0.0.1:${listener.port}`;
  const url = `${certificate ? 'https' : 'http'}://${host}`;

  return {
    url,
    token,
    kubeconfig: (user) => kubeconfig({ url, user, token: token(user), ca: certificate?.ca ?? null }),
    apply(objects) {
      for (const object of objects) set(object);
    },
    set,
    get,
    all: ({ apiVersion, kind }) => store.all(heldAs(apiVersion, kind)),
    onChange: (listener) => store.subscribe(() => listener()),
    patch(which, change) {
      const held = get(which);
      if (!held) throw new Error(`there is no ${which.kind} ${which.name} to patch`);
      // A test that patches away what every object has means to.
      return set(merge(held, change) as KubernetesObject);
    },
    remove: ({ apiVersion, kind, name, namespace = '' }) =>
      void store.remove(heldAs(apiVersion, kind), namespace, name),
    node(name, state) {
      const held = get({ apiVersion: 'v1', kind: 'Node', name });
      if (!held) throw new Error(`there is no node ${name}`);
      for (const object of nodeAs(held, state, store.all('pods'), now())) set(object);
    },
    scale(to) {
      for (const object of scaled(to, store.all('nodes'), store.all('pods'), now())) set(object);
    },
    log: ({ namespace, name }, text) => void logs.set(keyOf(namespace, name), text),
    ca: certificate?.ca ?? null,
    compact: () => store.compact(),
    get requests() {
      return log.all;
    },
    faults,
    away: () => listener.away(),
    back: () => listener.back(),
    reset() {
      listener.cut();
      faults.clear();
      log.clear();
      logs.clear();
      controllers.stop();
      store.clear();
      fill();
    },
    stop() {
      controllers.stop();
      return listener.away();
    },
  };
}

function heldAs(apiVersion: string, kind: string): string {
  return storeName(resourceFor(apiVersion, kind));
}

function resourceFor(apiVersion: string, kind: string): Resource {
  const resource = resourceOfKind(apiVersion, kind);
  if (!resource) throw new Error(`the sandbox holds no ${kind} of ${apiVersion}`);
  return resource;
}

function userOf(user: KubeconfigUser, get: Kubernetes['get']): User {
  if (user === 'admin')
    return { name: 'admin', uid: '', groups: ['system:masters', 'system:authenticated'], extra: {} };
  const [namespace = '', name = ''] = user.serviceAccount.split('/');
  const account = get({ apiVersion: 'v1', kind: 'ServiceAccount', name, namespace });
  return serviceAccountUser(namespace, name, account?.metadata.uid ?? randomUUID());
}
