// One request from its headers to its answer, in the real server's order: who, as whom, may they, and only then what.
import { discover } from './discovery.ts';
import { forbidden } from './forbidden.ts';
import type { Impersonation } from './impersonation.ts';
import type { Incoming, Reply } from './incoming.ts';
import { listOptions } from './options.ts';
import { answerLog, logParameters, type PodLogs } from './pod-logs.ts';
import { formOf, presentList, presentObject } from './present.ts';
import { fromProtobuf } from './protobuf.ts';
import { type Attributes, authorize } from './rbac.ts';
import { getObject, listObjects } from './read.ts';
import type { RequestInfo, ResourceRequest } from './request-info.ts';
import { findResource, type Resource, resources } from './resources.ts';
import { review } from './reviews.ts';
import { ApiError, badRequest, methodNotAllowed, noSuchPage, noSuchResource, status, unsupported } from './status.ts';
import type { Store } from './store.ts';
import { supportedParameters } from './supported.ts';
import { authenticate, type User } from './users.ts';
import { type Sink, watchObjects } from './watch.ts';
import { deleteObject, deleteParameters } from './writes/delete.ts';
import { answerScale } from './writes/scale.ts';
import { createObject, patchObject, updateObject, type Writing } from './writes/write.ts';
import { writeParameters } from './writes/write-options.ts';

export interface World {
  readonly store: Store;
  readonly tokens: ReadonlyMap<string, User>;
  readonly impersonation: Impersonation;
  readonly allowAnonymous: boolean;
  readonly bookmarkMs: number;
  readonly logs: PodLogs;
  readonly now: () => Date;
  readonly host: () => string;
}

export type Answer = Reply | { readonly watch: (sink: Sink) => () => void };

/** Told as soon as they are known, also when the request is then refused. */
export interface Witness {
  authenticated(user: User): void;
  impersonated(user: User): void;
}

/** Throws ApiError for whatever the real server would refuse. */
export function handle(world: World, request: Incoming, witness: Witness): Answer {
  const { store } = world;
  const requester = authenticate(request.headers['authorization']?.[0], world.tokens, world.allowAnonymous);
  witness.authenticated(requester);
  const asked = attributesOf(request.info);
  const other = world.impersonation.act(requester, request.headers, asked);
  if (other) witness.impersonated(other);
  const user = other ?? requester;
  const verdict = authorize(store, user, asked);
  if (!verdict.allowed) throw forbidden(user.name, asked, verdict.reason);
  return request.info.kind === 'path' ? answerPath(world, request) : answerResource(world, request, request.info, user);
}

function attributesOf(info: RequestInfo): Attributes {
  if (info.kind === 'path') return { verb: info.verb, path: info.path };
  const { verb, group, resource, subresource, namespace, name } = info;
  return { verb, group, resource, subresource, namespace, name };
}

const openapiTwo = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

function answerPath(world: World, { method, path }: Incoming): Answer {
  // The second version of OpenAPI as an empty protobuf message: kubectl turns to it for kinds that the third does not have.
  if (path === '/openapi/v2') return { status: 200, body: '', headers: { 'content-type': openapiTwo } };
  const found = discover(path, world.host());
  if (found === null) {
    if (path.startsWith('/openapi') || path === '/metrics') throw unsupported(method, path, path);
    throw path.startsWith('/api/') ? noSuchResource() : noSuchPage();
  }
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
  return { status: 200, body: found };
}

function answerResource(world: World, request: Incoming, asked: ResourceRequest, user: User): Answer {
  const resource = findResource(asked.group, asked.version, asked.resource);
  if (!resource) throw unknownResource(request, asked);
  // For its rights a namespace is in itself; it is held outside of any.
  const info = resource.namespaced ? asked : { ...asked, namespace: '' };
  if (resource.namespaced && info.namespace === '' && info.pathName !== '') throw noSuchResource();
  if (!resource.verbs.includes('get')) return answerReview(world, request, resource, info, user);
  if (info.subresource !== '') return answerSubresource(world, request, resource, info, user);
  const writing = { store: world.store, now: world.now, user, request, resource, info };
  switch (info.verb) {
    case 'get':
    case 'list':
      checkParameters(request, supportedParameters);
      return read(world, request, resource, info);
    case 'watch':
      checkParameters(request, supportedParameters);
      if (resource.verbs.includes('watch')) return watch(world, request, resource, info);
      throw methodNotAllowed();
    case 'create':
    case 'update':
    case 'patch':
    case 'delete':
      if (!resource.verbs.includes(info.verb)) break;
      return change(writing, info.verb);
    default:
      break;
  }
  throw unsupported(request.method, request.path, `${info.verb} of ${info.resource}`);
}

function change(writing: Writing, verb: 'create' | 'update' | 'patch' | 'delete'): Reply {
  checkParameters(writing.request, verb === 'delete' ? deleteParameters : writeParameters);
  switch (verb) {
    case 'create':
      return createObject(writing);
    case 'update':
      return updateObject(writing);
    case 'patch':
      return patchObject(writing);
    default:
      return deleteObject(writing);
  }
}

function answerSubresource(
  world: World,
  request: Incoming,
  resource: Resource,
  info: ResourceRequest,
  user: User,
): Answer {
  const writing = { store: world.store, now: world.now, user, request, resource, info };
  const known = resource.subresources?.find(({ name }) => name === info.subresource);
  if (!known) throw unsupported(request.method, request.path, `the subresource ${info.resource}/${info.subresource}`);
  if (known.name === 'log') {
    checkParameters(request, logParameters);
    return answerLog(world.store, request, info, world.logs, world.now());
  }
  checkParameters(request, writeParameters);
  if (known.name === 'scale') return answerScale(writing);
  if (info.verb === 'get') return read(world, request, resource, info);
  if (info.verb !== 'update' && info.verb !== 'patch') throw methodNotAllowed();
  return change(writing, info.verb);
}

/** The real server has many more resources than this one, so a name that is not known here is unsupported rather than absent. */
function unknownResource({ method, path }: Incoming, { group, version, resource }: ResourceRequest): ApiError {
  const served = resources.some((one) => one.group === group && one.version === version);
  return unsupported(
    method,
    path,
    served || group === '' ? `the resource ${resource}` : `the API group ${group}/${version}`,
  );
}

function answerReview(world: World, request: Incoming, resource: Resource, info: ResourceRequest, user: User): Answer {
  if (info.verb !== 'create' || info.pathName !== '') throw methodNotAllowed();
  const body = review(resource.resource, parsed(request.body, resource.kind), user, world.store, world.now());
  return { status: 201, body };
}

function parsed(body: Buffer, kind: string): unknown {
  const known = fromProtobuf(body, kind);
  if (known) return known;
  const text = body.toString();
  try {
    return JSON.parse(text);
  } catch {
    const said = "couldn't get version/kind; json parse error";
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): ${said} (${JSON.stringify(text.slice(0, 100))})`,
    );
  }
}

function read(world: World, request: Incoming, resource: Resource, info: ResourceRequest): Answer {
  const list = info.verb === 'list';
  const form = formOf(resource, request, list);
  if (!form) throw notAcceptable(request);
  const now = world.now();
  if (!list) {
    const object = getObject(world.store, resource, info.namespace, info.pathName);
    return { status: 200, body: presentObject(resource, object, form, now) };
  }
  const options = listOptions(resource, info.namespace, 'list', request.query);
  return { status: 200, body: presentList(resource, listObjects(world.store, resource, options), form, now) };
}

function watch(world: World, request: Incoming, resource: Resource, info: ResourceRequest): Answer {
  const form = formOf(resource, request, false);
  if (!form) throw notAcceptable(request);
  const list = listOptions(resource, info.namespace, 'watch', request.query);
  const { store, now, bookmarkMs } = world;
  return { watch: (sink) => watchObjects({ store, resource, list, form, now, bookmarkMs }, sink) };
}

function notAcceptable({ method, path, headers }: Incoming): ApiError {
  const accept = headers['accept']?.join(',') ?? '';
  if (/yaml|protobuf|cbor|as=/.test(accept)) return unsupported(method, path, `the representation ${accept}`);
  const streams = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
  const types = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf', ...streams].join(', ');
  const message = `406: Not Acceptable\n\nAvailable representations: ${types}`;
  return new ApiError(406, status(406, message, { reason: 'NotAcceptable', details: {} }));
}

/** Those that change nothing here: how JSON is laid out, and how long the client means to wait. */
const harmless = ['pretty', 'timeout'];

function checkParameters({ method, path, query }: Incoming, supported: readonly string[]): void {
  for (const name of query.keys()) {
    if (supported.includes(name) || harmless.includes(name)) continue;
    throw unsupported(method, path, `the parameter ${name}`);
  }
}
