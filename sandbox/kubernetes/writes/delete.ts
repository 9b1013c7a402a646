// Deleting an object: gone at once, but for a pod, which its kubelet ends first.
import { markDeleted } from '../controllers/replica-set.ts';
import type { Reply } from '../incoming.ts';
import { isRecord, textAt } from '../objects.ts';
import { heldAs } from '../read.ts';
import { methodNotAllowed, unsupported } from '../status.ts';
import { timestamp } from '../store.ts';
import { jsonOf } from './body.ts';
import { heldObject, type Writing } from './write.ts';
import { writeOptions } from './write-options.ts';

export const deleteParameters: readonly string[] = ['dryRun', 'gracePeriodSeconds', 'propagationPolicy'];

export function deleteObject(writing: Writing): Reply {
  const { store, request, resource, info, now } = writing;
  if (info.pathName === '') throw methodNotAllowed();
  const { dryRun } = writeOptions(request, 'DeleteOptions');
  const body = request.body.length === 0 ? {} : jsonOf(request);
  const option = (name: string) => request.query.get(name) ?? textAt(body, name);
  if (option('propagationPolicy') === 'Orphan' || (isRecord(body) && body['orphanDependents'] === true)) {
    throw unsupported(request.method, request.path, 'orphaning of dependents');
  }
  const object = heldObject(writing);
  const dry = dryRun || (isRecord(body) && Array.isArray(body['dryRun']) && body['dryRun'].length > 0);
  const held = heldAs(resource);
  const { name, uid } = object.metadata;
  if (resource.kind === 'Pod') {
    if (dry) return { status: 200, body: object };
    const marked = markDeleted(store, object, now());
    if (option('gracePeriodSeconds') === '0') store.remove(held, info.namespace, name);
    return { status: 200, body: marked };
  }
  if (!dry) store.remove(held, info.namespace, name);
  if (resource.kind === 'Namespace') {
    const metadata = { ...object.metadata, deletionTimestamp: timestamp(now()) };
    return { status: 200, body: { ...object, metadata, status: { phase: 'Terminating' } } };
  }
  const details = { name, ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.resource, uid };
  return { status: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}
