// The folders of manifests/ as kubectl renders them, for tests that read what they hold.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { findPrograms } from '../../sandbox/programs.ts';

export const manifestsFolder = join(import.meta.dirname, '../../manifests');

const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
export type Manifest = z.infer<typeof Manifest>;

/** @throws where there is none of that kind (and name), or another one. */
export function theOnly(objects: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = objects.filter((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
  const [only, another] = found;
  if (only === undefined || another !== undefined)
    throw new Error(`Of ${name ?? 'any'} ${kind} there are ${found.length}`);
  return only;
}

/**
 * @param folder below manifests/, with a kustomization.yaml; for example `chatops/rbac`.
 * @throws what kubectl says where it cannot render it.
 */
export async function rendered(folder: string): Promise<Manifest[]> {
  const { path } = await findPrograms();
  const { stdout } = await promisify(execFile)('kubectl', ['kustomize', join(manifestsFolder, folder)], {
    env: { PATH: path, KUBECONFIG: '/dev/null' },
    maxBuffer: 16 * 2 ** 20,
  });
  return parseAllDocuments(stdout).map((document) => Manifest.parse(document.toJS()));
}
