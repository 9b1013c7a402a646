// The query of a list or watch, checked as the real server checks it.

import { type KubernetesObject, textAt } from './objects.ts';
import { truthy } from './request-info.ts';
import type { Resource } from './resources.ts';
import { fieldSelector, labelSelector } from './selectors.ts';
import { badRequest } from './status.ts';

export interface ListOptions {
  readonly namespace: string;
  readonly selects: (object: KubernetesObject) => boolean;
  /** False when nothing narrows the list down, so that what remains can be counted. */
  readonly selective: boolean;
  /** 0 for no limit. */
  readonly limit: number;
  readonly continueToken: string;
  /** Null when absent; 0 means "any". */
  readonly version: number | null;
  readonly exact: boolean;
  /** 0 for none. */
  readonly timeoutSeconds: number;
  readonly bookmarks: boolean;
  readonly sendInitialEvents: boolean | null;
}

export function listOptions(resource: Resource, namespace: string, query: URLSearchParams): ListOptions {
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const hasLabels = labelSelector(labels);
  const hasFields = fieldSelector(fields, resource.fields);
  const initial = query.get('sendInitialEvents');
  return {
    namespace,
    selects: (object) =>
      hasLabels((key) => object.metadata.labels?.[key]) && hasFields((field) => fieldOf(resource, object, field)),
    selective: labels !== '' || fields !== '',
    limit: Math.max(0, integer(query, 'limit')),
    continueToken: query.get('continue') ?? '',
    version: versionOf(query.get('resourceVersion') ?? ''),
    exact: query.get('resourceVersionMatch') === 'Exact',
    timeoutSeconds: Math.max(0, integer(query, 'timeoutSeconds')),
    bookmarks: truthy(query.get('allowWatchBookmarks')),
    sendInitialEvents: initial === null ? null : truthy(initial),
  };
}

export function inNamespace(object: KubernetesObject, namespace: string): boolean {
  return namespace === '' || object.metadata.namespace === namespace;
}

function fieldOf(resource: Resource, object: KubernetesObject, field: string): string {
  return resource.field?.(object, field) ?? textAt(object, field);
}

function integer(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function versionOf(text: string): number | null {
  if (text === '') return null;
  if (/^\d+$/.test(text)) return Number(text);
  const said = `Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw badRequest(`invalid resource version: resourceVersion: ${said}`);
}
