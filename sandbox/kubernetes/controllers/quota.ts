// ResourceQuotas of pods: how many there may be, and how many there are.
import { isDeepStrictEqual } from 'node:util';
import { type KubernetesObject, recordAt, textAt } from '../objects.ts';
import type { Store } from '../store.ts';

const counted = ['pods', 'count/pods'];

/** The API server's words for a pod that would be one too many; null while there is room. */
export function exceeded(store: Store, namespace: string, pod: string): string | null {
  const used = podsIn(store, namespace);
  for (const quota of quotasIn(store, namespace)) {
    for (const key of counted) {
      const hard = textAt({ hard: recordAt(quota, 'spec.hard')[key] }, 'hard');
      if (hard === '' || used < Number(hard)) continue;
      const figures = `requested: ${key}=1, used: ${key}=${used}, limited: ${key}=${hard}`;
      return `pods "${pod}" is forbidden: exceeded quota: ${quota.metadata.name}, ${figures}`;
    }
  }
  return null;
}

/** Writes what is used into the status of each quota of a namespace. */
export function countQuotas(store: Store, namespace: string): void {
  const used = `${podsIn(store, namespace)}`;
  for (const quota of quotasIn(store, namespace)) {
    const hard = recordAt(quota, 'spec.hard');
    const keys = counted.filter((key) => key in hard);
    const status = { hard, used: Object.fromEntries(keys.map((key) => [key, used])) };
    if (!isDeepStrictEqual(quota['status'], status)) store.put('resourcequotas', { ...quota, status });
  }
}

function quotasIn(store: Store, namespace: string): KubernetesObject[] {
  return store.all('resourcequotas').filter((one) => one.metadata.namespace === namespace);
}

function podsIn(store: Store, namespace: string): number {
  const over = ['Succeeded', 'Failed'];
  const all = store.all('pods').filter((one) => one.metadata.namespace === namespace);
  return all.filter((one) => !over.includes(textAt(one, 'status.phase'))).length;
}
