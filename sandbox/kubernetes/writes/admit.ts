// From what a client sent to what is held: server-set fields kept, defaults filled in, checked, generation counted.
import { isDeepStrictEqual } from 'node:util';
import { type KubernetesObject, numberAt } from '../objects.ts';
import type { Resource } from '../resources.ts';
import { firstStatus, withDefaults } from './defaults.ts';
import { validate } from './validate.ts';

/** Throws 422. `before` is what is held now, null for an object that is new. */
export function admit(resource: Resource, draft: KubernetesObject, before: KubernetesObject | null): KubernetesObject {
  const object = settle(resource, withServerFields(resource, draft, before), before);
  validate(resource, object, before);
  return object;
}

/** Defaults and generation alone, for whoever may set everything. */
export function settle(resource: Resource, draft: KubernetesObject, before: KubernetesObject | null): KubernetesObject {
  const object = withDefaults(resource, draft);
  if (!resource.generation) return object;
  const held = numberAt(before, 'metadata.generation', 0);
  const changed = !before || !isDeepStrictEqual(before['spec'], object['spec']);
  const generation = before ? held + (changed ? 1 : 0) : numberAt(object, 'metadata.generation', 1);
  return { ...object, metadata: { ...object.metadata, generation } };
}

/** A client says nothing of the status, nor of what only the server knows. */
function withServerFields(
  resource: Resource,
  draft: KubernetesObject,
  before: KubernetesObject | null,
): KubernetesObject {
  const { status: _s, metadata, ...rest } = draft;
  const { uid: _u, creationTimestamp: _c, generation: _g, deletionTimestamp: _d, ...given } = metadata;
  const status = before ? before['status'] : firstStatus(resource, draft);
  const { name, namespace, ...more } = given;
  return {
    ...rest,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(before?.metadata.uid === undefined ? {} : { uid: before.metadata.uid }),
      ...(before?.metadata['deletionTimestamp'] === undefined
        ? {}
        : { deletionTimestamp: before.metadata['deletionTimestamp'] }),
      ...more,
    },
    ...(status === undefined ? {} : { status }),
  };
}
