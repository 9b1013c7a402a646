// The bot's rights as `kubectl apply -k manifests/chatops/rbac` would grant them.
import { readdir, readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from './kubernetes/objects.ts';

const folder = new URL('../manifests/chatops/rbac/', import.meta.url);

/** Every object of the kustomization. */
export async function rbacObjects(): Promise<KubernetesObject[]> {
  const names = (await readdir(folder))
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  return texts
    .flatMap((text) => parseAllDocuments(text))
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}
