// The scale of a Deployment or ReplicaSet, as an object of its own: autoscaling/v1 Scale.
import type { Reply } from '../incoming.ts';
import { at, isRecord, type KubernetesObject, numberAt, recordAt } from '../objects.ts';
import { heldAs } from '../read.ts';
import { methodNotAllowed } from '../status.ts';
import { timestamp } from '../store.ts';
import { admit } from './admit.ts';
import { contentType, jsonOf, yamlOf } from './body.ts';
import { applyAs, updateAs } from './managers.ts';
import { invalid, wrong } from './validate.ts';
import { applyPatch, checkVersion, heldObject, patch, type Writing } from './write.ts';
import { writeOptions } from './write-options.ts';

export function answerScale(writing: Writing): Reply {
  const { store, request, resource, info, now } = writing;
  const before = heldObject(writing);
  const shown = scaleOf(before);
  if (info.verb === 'get') return { status: 200, body: shown };
  if (info.verb !== 'patch' && info.verb !== 'update') throw methodNotAllowed();
  const isApply = info.verb === 'patch' && contentType(request) === applyPatch;
  const options = writeOptions(request, info.verb === 'patch' ? 'PatchOptions' : 'UpdateOptions', isApply);
  const wanted = isApply ? yamlOf(request) : info.verb === 'patch' ? patch(request, shown) : jsonOf(request);
  const replicas = replicasOf(wanted, info.pathName);
  if (isRecord(wanted)) checkVersion(resource, wanted, before);
  const after = isApply ? applied(replicas) : updated(replicas);
  const held = heldAs(resource);
  return { status: 200, body: scaleOf(options.dryRun ? store.preview(held, after) : store.put(held, after)) };

  function updated(replicas: number): KubernetesObject {
    const draft = { ...before, spec: { ...recordAt(before, 'spec'), replicas } };
    const who = { name: options.manager, operation: 'Update', subresource: 'scale' } as const;
    return updateAs(before, admit(resource, draft, before), who, timestamp(now()));
  }

  /** Beside others who set it to the same: an apply owns what it says, also where that changes nothing. */
  function applied(replicas: number): KubernetesObject {
    const { apiVersion, kind, metadata } = before;
    const { name, namespace = '' } = metadata;
    const object = { apiVersion, kind, metadata: { name, namespace }, spec: { replicas } };
    const { manager, force } = options;
    const how = { manager, force, at: timestamp(now()), subresource: 'scale' };
    return admit(resource, applyAs(before, object, how), before);
  }
}

function replicasOf(wanted: unknown, name: string): number {
  const replicas = at(wanted, 'spec.replicas') ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw invalid('Scale', 'autoscaling', name, [wrong('spec.replicas', replicas, 'must be an integer')]);
  }
  if (replicas < 0) {
    throw invalid('Scale', 'autoscaling', name, [
      wrong('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  }
  return replicas;
}

function scaleOf(object: KubernetesObject): object {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const labels = Object.entries(recordAt(object, 'spec.selector.matchLabels')).sort();
  const replicas = numberAt(object, 'spec.replicas', 1);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // Go leaves a zero out.
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: numberAt(object, 'status.replicas', 0),
      selector: labels.map(([key, value]) => `${key}=${value}`).join(','),
    },
  };
}
