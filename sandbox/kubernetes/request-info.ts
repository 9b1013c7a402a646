// What a request asks for, read from method, path and query alone, as the real server's RequestInfo does before anything else.
import { exactName } from './selectors.ts';

export interface ResourceRequest {
  readonly kind: 'resource';
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  /** Also taken from `fieldSelector=metadata.name=…`, so that `resourceNames` hold for lists of one object. */
  readonly name: string;
  /** The name as the path has it: empty for a list. */
  readonly pathName: string;
}

export interface PathRequest {
  readonly kind: 'path';
  readonly verb: string;
  readonly path: string;
}

export type RequestInfo = ResourceRequest | PathRequest;

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const parts = path.split('/').filter((part) => part !== '');
  const groupless = parts[0] === 'api';
  if ((!groupless && parts[0] !== 'apis') || parts.length < (groupless ? 3 : 4)) {
    return { kind: 'path', verb: method.toLowerCase(), path };
  }
  const [group = '', version = '', ...rest] = groupless ? ['', ...parts.slice(1)] : parts.slice(1);
  const scoped = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize';
  const [resource = '', pathName = '', subresource = ''] = scoped ? rest.slice(2) : rest;
  // A namespace is itself in its namespace, so that a Role there can allow reading it.
  const namespace = scoped ? (rest[1] ?? '') : resource === 'namespaces' ? pathName : '';
  const base = { kind: 'resource' as const, group, version, resource, subresource, namespace, pathName };
  const verb = verbs[method] ?? '';
  if (pathName !== '' || (verb !== 'get' && verb !== 'delete')) return { ...base, verb, name: pathName };
  const name = exactName(query.get('fieldSelector') ?? '') ?? '';
  if (verb === 'delete') return { ...base, verb: 'deletecollection', name };
  return { ...base, verb: truthy(query.get('watch')) ? 'watch' : 'list', name };
}

/** As the real server reads a boolean of the query: present means true unless it says otherwise. */
export function truthy(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}
