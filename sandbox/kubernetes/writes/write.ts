// Changes over the API: create, update and patch, of objects and of their status.
import { forbidden } from '../forbidden.ts';
import type { Incoming, Reply } from '../incoming.ts';
import { merge } from '../merge.ts';
import { at, isRecord, type KubernetesObject } from '../objects.ts';
import { authorize } from '../rbac.ts';
import { heldAs } from '../read.ts';
import type { ResourceRequest } from '../request-info.ts';
import type { Resource } from '../resources.ts';
import { ApiError, badRequest, notFound, status, unsupported } from '../status.ts';
import { type Store, timestamp } from '../store.ts';
import type { User } from '../users.ts';
import { admit } from './admit.ts';
import { contentType, jsonOf, objectFor, unsupportedType, yamlOf } from './body.ts';
import { patched } from './json-patch.ts';
import { applyAs, updateAs } from './managers.ts';
import { checkShape } from './typed.ts';
import { type WriteOptions, writeOptions } from './write-options.ts';

export interface Writing {
  readonly store: Store;
  readonly now: () => Date;
  readonly user: User;
  readonly request: Incoming;
  readonly resource: Resource;
  readonly info: ResourceRequest;
}

export const applyPatch = 'application/apply-patch+yaml';

export function createObject(writing: Writing): Reply {
  const { store, request, resource, info } = writing;
  if (info.pathName !== '')
    throw new ApiError(405, status(405, notAllowed, { reason: 'MethodNotAllowed', details: {} }));
  const options = writeOptions(request, 'CreateOptions');
  const draft = objectFor(jsonOf(request), resource, info);
  if (store.find(heldAs(resource), info.namespace, draft.metadata.name))
    throw alreadyExists(resource, draft.metadata.name);
  return created(writing, options, admit(resource, draft, null));
}

const notAllowed = 'the server does not allow this method on the requested resource';

export function updateObject(writing: Writing): Reply {
  const { request, resource, info } = writing;
  const options = writeOptions(request, 'UpdateOptions');
  const before = heldObject(writing);
  const draft = objectFor(jsonOf(request), resource, info);
  return changed(writing, options, before, draft);
}

export function patchObject(writing: Writing): Reply {
  const { request, resource, info } = writing;
  const type = contentType(request);
  if (type === applyPatch) return applyObject(writing);
  const options = writeOptions(request, 'PatchOptions');
  if (type === 'application/strategic-merge-patch+json') {
    throw unsupported(request.method, request.path, 'strategic merge patches');
  }
  const before = heldObject(writing);
  return changed(writing, options, before, objectFor(patch(request, before), resource, info));
}

/** The object after a merge patch or a JSON patch. Throws 415 and 422. */
export function patch(request: Incoming, before: object): unknown {
  switch (contentType(request)) {
    case 'application/merge-patch+json': {
      const change = jsonOf(request);
      if (!isRecord(change)) throw badRequest('the patch is no object');
      return merge(before, change);
    }
    case 'application/json-patch+json': {
      const after = patched(before, jsonOf(request));
      const message = 'the server rejected our request due to an error in our request';
      if (after === null) throw new ApiError(422, status(422, message, { reason: 'Invalid', details: {} }));
      return after;
    }
    default:
      throw unsupportedType();
  }
}

function applyObject(writing: Writing): Reply {
  const { store, now, user, request, resource, info } = writing;
  const options = writeOptions(request, 'PatchOptions', true);
  const given = yamlOf(request);
  const applied = objectFor(given, resource, info);
  checkShape(resource, applied, at(given, 'metadata.namespace'));
  if ('managedFields' in applied.metadata) throw badRequest('metadata.managedFields must be nil');
  const before = store.find(heldAs(resource), info.namespace, info.pathName);
  const how = { manager: options.manager, force: options.force, at: timestamp(now()) };
  if (before) {
    checkVersion(resource, applied, before);
    const draft = applyAs(before, applied, how);
    return stored(writing, options, admit(resource, draft, before), before);
  }
  const asked = {
    verb: 'create',
    group: resource.group,
    resource: resource.resource,
    namespace: info.namespace,
    name: info.pathName,
  };
  const verdict = authorize(store, user, asked);
  if (!verdict.allowed) throw forbidden(user.name, asked, verdict.reason);
  const { apiVersion, kind, metadata } = applied;
  const { name, namespace } = metadata;
  const blank = { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
  const object = admit(resource, applyAs(blank, applied, how), null);
  checkNamespace(writing, object);
  return stored(writing, options, object, null);
}

function created(writing: Writing, options: WriteOptions, object: KubernetesObject): Reply {
  checkNamespace(writing, object);
  return stored(writing, options, managed(writing, options, null, object), null);
}

/** Another version of an object: of its status alone, or of everything else. */
function changed(writing: Writing, options: WriteOptions, before: KubernetesObject, draft: KubernetesObject): Reply {
  const { resource, info } = writing;
  checkVersion(resource, draft, before);
  const after = info.subresource === 'status' ? { ...before, status: draft['status'] } : admit(resource, draft, before);
  return stored(writing, options, managed(writing, options, before, after), before);
}

function managed(
  { now, info }: Writing,
  { manager }: WriteOptions,
  before: KubernetesObject | null,
  after: KubernetesObject,
): KubernetesObject {
  const who = { name: manager, operation: 'Update', subresource: info.subresource } as const;
  return updateAs(before, after, who, timestamp(now()));
}

function stored(
  { store, resource }: Writing,
  { dryRun }: WriteOptions,
  object: KubernetesObject,
  before: KubernetesObject | null,
): Reply {
  const held = heldAs(resource);
  const body = dryRun ? store.preview(held, object) : store.put(held, object);
  return { status: before ? 200 : 201, body };
}

export function heldObject({ store, resource, info }: Writing): KubernetesObject {
  const found = store.find(heldAs(resource), info.namespace, info.pathName);
  if (!found) throw notFound(resource.resource, resource.group, info.pathName);
  return found;
}

/** Whoever names a version wants to change that one. Throws 409. */
export function checkVersion(resource: Resource, draft: object, before: KubernetesObject): void {
  const wanted = at(draft, 'metadata.resourceVersion');
  if (wanted === undefined || wanted === '' || wanted === before.metadata.resourceVersion) return;
  const { name } = before.metadata;
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  throw conflict(resource, name, 'Conflict', `Operation cannot be fulfilled on ${of(resource)} "${name}": ${why}`);
}

function alreadyExists(resource: Resource, name: string): ApiError {
  return conflict(resource, name, 'AlreadyExists', `${of(resource)} "${name}" already exists`);
}

function conflict({ group, resource }: Resource, name: string, reason: string, message: string): ApiError {
  const details = { name, ...(group === '' ? {} : { group }), kind: resource };
  return new ApiError(409, status(409, message, { reason, details }));
}

function of({ group, resource }: Resource): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function checkNamespace({ store, resource }: Writing, { metadata }: KubernetesObject): void {
  const { namespace = '' } = metadata;
  if (resource.namespaced && !store.find('namespaces', '', namespace)) throw notFound('namespaces', '', namespace);
}
