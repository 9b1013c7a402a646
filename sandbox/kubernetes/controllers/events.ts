// Events about objects, as controllers record them: the same again raises the count of the earlier one.
import { createHash } from 'node:crypto';
import { type KubernetesObject, numberAt } from '../objects.ts';
import { type Store, timestamp } from '../store.ts';

export interface Happening {
  readonly about: KubernetesObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `deployment-controller`, `kubelet` … */
  readonly by: string;
  /** The node that it happened on. */
  readonly host?: string;
  /** As `spec.containers{app}`. */
  readonly fieldPath?: string;
}

export type RecordEvent = (happening: Happening) => void;

export function createRecorder(store: Store, now: () => Date): RecordEvent {
  return (happening) => {
    const { about, type, reason, message, by, host = '', fieldPath } = happening;
    const { name, namespace = 'default', uid, resourceVersion } = about.metadata;
    const same = createHash('sha256')
      .update(JSON.stringify([uid, type, reason, message, by]))
      .digest('hex');
    const at = timestamp(now());
    const key = `${name}.${same.slice(0, 16)}`;
    const earlier = store.find('events', namespace, key);
    store.put('events', {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: key, namespace },
      involvedObject: {
        kind: about.kind,
        namespace: about.metadata.namespace,
        name,
        uid,
        apiVersion: about.apiVersion,
        resourceVersion,
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      reason,
      message,
      source: { component: by, ...(host === '' ? {} : { host }) },
      firstTimestamp: earlier?.['firstTimestamp'] ?? at,
      lastTimestamp: at,
      count: numberAt(earlier, 'count', 0) + 1,
      type,
      eventTime: null,
      reportingComponent: by,
      reportingInstance: host,
    });
  };
}
