// Getting one object, and lists in pages that are consistent with each other.
import type { KubernetesObject } from './objects.ts';
import { inNamespace, type ListOptions } from './options.ts';
import { type Resource, storeName } from './resources.ts';
import { badRequest, expired, notFound, tooLargeVersion } from './status.ts';
import { compareKeys, keyOf, type Store } from './store.ts';

export interface Page {
  readonly version: number;
  readonly continueToken?: string;
  readonly remaining?: number;
  readonly items: readonly KubernetesObject[];
}

const tooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

export function getObject(store: Store, resource: Resource, namespace: string, name: string): KubernetesObject {
  const found = store.find(heldAs(resource), namespace, name);
  if (!found) throw notFound(resource.resource, resource.group, name);
  return resource.view ? resource.view.show(found) : found;
}

export function listObjects(store: Store, resource: Resource, options: ListOptions): Page {
  const from = options.continueToken === '' ? null : parseToken(options.continueToken);
  const version = versionFor(store, options, from);
  const all = store.allAt(heldAs(resource), version);
  if (!all) {
    if (!from) throw expired('The resourceVersion for the provided list is too old.');
    throw expired(tooOld, { continue: token(-1, from.start) });
  }
  const matching = all
    .filter(
      (object) => inNamespace(object, options.namespace) && !(from && compareKeys(keyFor(object), from.start) < 0),
    )
    .map((object) => (resource.view ? resource.view.show(object) : object))
    .filter(options.selects);
  const items = options.limit > 0 ? matching.slice(0, options.limit) : matching;
  const last = items.at(-1);
  if (!last || items.length === matching.length) return { version, items };
  // The next page begins right behind the last key of this one.
  const continueToken = token(version, `${keyFor(last)}\0`);
  return { version, continueToken, ...(options.selective ? {} : { remaining: matching.length - items.length }), items };
}

/** The resource in the store; views share what they show. */
export function heldAs(resource: Resource): string {
  return resource.view?.of ?? storeName(resource);
}

function versionFor(store: Store, { version, exact }: ListOptions, from: Token | null): number {
  if (from) return from.version < 0 ? store.version : from.version;
  if (version !== null && version > store.version) throw tooLargeVersion(version, store.version);
  return exact && version !== null ? version : store.version;
}

function keyFor(object: KubernetesObject): string {
  return keyOf(object.metadata.namespace ?? '', object.metadata.name);
}

interface Token {
  readonly version: number;
  readonly start: string;
}

/** Of the real server's form, so that nothing can be read into it that would not hold there. */
function token(version: number, start: string): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: `/${start}` })).toString('base64url');
}

function parseToken(text: string): Token {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw badRequest(
      'invalid continue token: continue key is not valid: invalid character looking for beginning of value',
    );
  }
  const { v, rv, start } = (parsed ?? {}) as { v?: unknown; rv?: unknown; start?: unknown };
  if (v !== 'meta.k8s.io/v1' || typeof rv !== 'number' || typeof start !== 'string') {
    throw badRequest(
      'invalid continue token: continue key is not valid: server does not recognize this encoded version',
    );
  }
  return { version: rv, start: start.replace(/^\//, '') };
}
