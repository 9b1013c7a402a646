// What goes with what: whoever is removed takes along what it owned, and a namespace all that is in it.
import type { KubernetesObject } from '../objects.ts';
import { resources, storeName } from '../resources.ts';
import type { Change } from '../store.ts';
import { markDeleted } from './replica-set.ts';
import { type ControllerWorld, deployments, ownedBy, replicaSets } from './world.ts';

export function collect(world: ControllerWorld, { resource, before, after }: Change): void {
  if (after || !before) return;
  if (resource === deployments) {
    for (const set of ownedBy(world.store, replicaSets, before)) remove(world, replicaSets, set);
  } else if (resource === replicaSets) {
    for (const pod of ownedBy(world.store, 'pods', before)) remove(world, 'pods', pod);
  } else if (resource === 'namespaces') empty(world, before.metadata.name);
}

function empty(world: ControllerWorld, namespace: string): void {
  for (const resource of resources) {
    if (!resource.namespaced || resource.view || !resource.verbs.includes('get')) continue;
    const held = storeName(resource);
    for (const object of world.store.all(held)) {
      if (object.metadata.namespace === namespace) remove(world, held, object);
    }
  }
}

function remove({ store, now }: ControllerWorld, held: string, object: KubernetesObject): void {
  if (held === 'pods') markDeleted(store, object, now());
  else store.remove(held, object.metadata.namespace ?? '', object.metadata.name);
}
