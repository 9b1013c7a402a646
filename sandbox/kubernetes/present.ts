// How objects are written in an answer: as they are, as a Table, or as their metadata alone, as the Accept header asks.
import type { KubernetesObject } from './objects.ts';
import { partial } from './partial.ts';
import type { Page } from './read.ts';
import { groupVersion, type Resource } from './resources.ts';
import { type IncludeObject, tableOf } from './table.ts';
import { columnsFor } from './tables/columns.ts';

export type Form =
  | { readonly as: 'object' }
  | { readonly as: 'table'; readonly include: IncludeObject }
  | { readonly as: 'metadata' };

interface Accepting {
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly query: URLSearchParams;
}

/**
 * The first form of the Accept header that is served; null (406) when there is none.
 * `application/json;as=Table;v=v1;g=meta.k8s.io` is what kubectl sends.
 */
export function formOf(resource: Resource, request: Accepting, list: boolean): Form | null {
  const { headers, query } = request;
  for (const range of (headers['accept']?.join(',') ?? '*/*').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const of = Object.fromEntries(parameters.map((one) => one.split('=', 2)));
    if (of['as'] === undefined) return { as: 'object' };
    if (of['g'] !== 'meta.k8s.io' || of['v'] !== 'v1') continue;
    if (of['as'] === 'Table' && columnsFor(resource))
      return { as: 'table', include: includeOf(query.get('includeObject')) };
    if (of['as'] === (list ? 'PartialObjectMetadataList' : 'PartialObjectMetadata')) return { as: 'metadata' };
  }
  return null;
}

function includeOf(value: string | null): IncludeObject {
  return value === 'None' || value === 'Object' ? value : 'Metadata';
}

export function presentObject(resource: Resource, held: KubernetesObject, form: Form, now: Date): object {
  const object = asServed(resource, held);
  if (form.as === 'metadata') return partial(object);
  if (form.as === 'object') return object;
  const metadata = { resourceVersion: object.metadata.resourceVersion };
  return tableOf(resource, [object], { metadata, include: form.include, now, definitions: true });
}

export function presentList(resource: Resource, page: Page, form: Form, now: Date): object {
  const metadata = {
    // metrics.k8s.io keeps no versions.
    ...(resource.group === 'metrics.k8s.io' ? {} : { resourceVersion: `${page.version}` }),
    ...(page.continueToken === undefined ? {} : { continue: page.continueToken }),
    ...(page.remaining === undefined ? {} : { remainingItemCount: page.remaining }),
  };
  if (form.as === 'table')
    return tableOf(resource, page.items, { metadata, include: form.include, now, definitions: true });
  if (form.as === 'metadata') {
    const items = page.items.map(partial);
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items };
  }
  // The items of a list go without kind and apiVersion.
  const items = page.items.map((one) => asServed(resource, one)).map(({ kind: _k, apiVersion: _a, ...rest }) => rest);
  return { kind: `${resource.kind}List`, apiVersion: groupVersion(resource), metadata, items };
}

/** metrics.k8s.io computes its objects anew each time, so that they have neither uid nor version. */
function asServed(resource: Resource, object: KubernetesObject): KubernetesObject {
  if (resource.group !== 'metrics.k8s.io') return object;
  const { uid: _u, resourceVersion: _v, ...metadata } = object.metadata;
  return { ...object, metadata };
}
