// manifests/chatops/rbac as objects, for tests that apply them or compare them with what the bot uses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';

export const rbacFolder = join(import.meta.dirname, '../manifests/chatops/rbac');

const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type Manifest = z.infer<typeof Manifest>;

/** In the order of the kustomization; without the labels that it adds. */
export function rbacManifests(): Manifest[] {
  const { resources } = z
    .object({ resources: z.array(z.string()) })
    .parse(parse(readFileSync(join(rbacFolder, 'kustomization.yaml'), 'utf8')));
  return resources
    .flatMap((file) => parseAllDocuments(readFileSync(join(rbacFolder, file), 'utf8')))
    .map((document) => Manifest.parse(document.toJS()));
}
