// The query of a list or watch, checked as the real server checks it.
import { labelSelector } from './label-selectors.ts';
import { type KubernetesObject, textAt } from './objects.ts';
import { truthy } from './request-info.ts';
import type { Resource } from './resources.ts';
import { fieldSelector } from './selectors.ts';
import { ApiError, badRequest, status } from './status.ts';

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
  /** Whether the list must be as it was at `version`, rather than not older. */
  readonly exact: boolean;
  /** 0 for none. */
  readonly timeoutSeconds: number;
  readonly bookmarks: boolean;
  /** Null when the query leaves it to the server. */
  readonly sendInitialEvents: boolean | null;
}

/** Throws the real server's 400, 422 and 500. */
export function listOptions(
  resource: Resource,
  namespace: string,
  verb: 'list' | 'watch',
  query: URLSearchParams,
): ListOptions {
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const hasLabels = labelSelector(labels);
  const hasFields = fieldSelector(fields, [
    ...resource.fields,
    'metadata.name',
    ...(resource.namespaced ? ['metadata.namespace'] : []),
  ]);
  const limit = integer(query, 'limit');
  const timeoutSeconds = integer(query, 'timeoutSeconds');
  const initial = query.get('sendInitialEvents');
  checkMatching(query, verb);
  return {
    namespace,
    selects: (object) =>
      hasLabels((key) => object.metadata.labels?.[key]) &&
      hasFields((field) => resource.field?.(object, field) ?? textAt(object, field)),
    selective: labels !== '' || fields !== '',
    limit: Math.max(0, limit),
    continueToken: query.get('continue') ?? '',
    version: versionOf(query.get('resourceVersion') ?? '', verb),
    exact: query.get('resourceVersionMatch') === 'Exact',
    timeoutSeconds: Math.max(0, timeoutSeconds),
    bookmarks: truthy(query.get('allowWatchBookmarks')),
    sendInitialEvents: initial === null ? null : truthy(initial),
  };
}

export function inNamespace(object: KubernetesObject, namespace: string): boolean {
  return namespace === '' || object.metadata.namespace === namespace;
}

function integer(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? '';
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function versionOf(text: string, verb: 'list' | 'watch'): number | null {
  if (text === '') return null;
  if (/^\d+$/.test(text)) return Number(text);
  const said = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  // The real server does not mean it, but answers a watch so.
  if (verb === 'watch') throw new ApiError(500, status(500, said));
  throw badRequest(`invalid resource version: ${said}`);
}

/** Which of resourceVersion, resourceVersionMatch and sendInitialEvents go together. */
function checkMatching(query: URLSearchParams, verb: 'list' | 'watch'): void {
  const match = query.get('resourceVersionMatch') ?? '';
  const initial = query.has('sendInitialEvents');
  if (verb === 'list' && initial) throw invalid('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  if (verb === 'watch') {
    if (initial && match !== 'NotOlderThan') {
      throw invalid('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
    }
    if (!initial && match !== '') {
      throw invalid(
        'resourceVersionMatch',
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      );
    }
    return;
  }
  if (match === '') return;
  if ((query.get('resourceVersion') ?? '') === '') {
    throw invalid('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    const said = `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`;
    throw invalidOptions('resourceVersionMatch', 'FieldValueNotSupported', said);
  }
}

function invalid(field: string, said: string): ApiError {
  return invalidOptions(field, 'FieldValueForbidden', `Forbidden: ${said}`);
}

function invalidOptions(field: string, reason: string, said: string): ApiError {
  const details = { group: 'meta.k8s.io', kind: 'ListOptions', causes: [{ reason, message: said, field }] };
  const message = `ListOptions.meta.k8s.io "" is invalid: ${field}: ${said}`;
  return new ApiError(422, status(422, message, { reason: 'Invalid', details }));
}
