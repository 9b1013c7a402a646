// manifests/ as a person leaves it who has read settings/README.md: a copy without placeholders.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestFiles } from './everything.ts';
import { manifestsFolder } from './render.ts';

/** Where a placeholder may stand besides settings/: in what the bot itself reads or edits. */
export const changeable = [
  'apps/laravel-multitenant/kustomization.yaml',
  'chatops/config.yaml',
  'chatops/kustomization.yaml',
  'chatops/settings.env',
];

/** Copies manifests/ into an empty folder. */
export function copyTo(folder: string): Promise<void> {
  return cp(manifestsFolder, folder, { recursive: true });
}

/** Replaces every placeholder in such a copy; the tag becomes `tag`, a commit's SHA. */
export async function settle(folder: string, tag: string): Promise<void> {
  const isSetting = (name: string) =>
    changeable.includes(name) || /^settings\/(homelab\.env|tenants\.yaml|values\/)/.test(name);
  for (const name of (await manifestFiles()).filter(isSetting)) {
    const text = await readFile(join(folder, name), 'utf8');
    await writeFile(
      join(folder, name),
      text
        .replaceAll(/example\.(com|net|org|ts\.net)/g, 'drewroberts.com')
        .replaceAll('acme/', 'drewroberts/')
        .replaceAll('192.0.2.', '10.0.0.')
        .replaceAll(/1122334455667788(\d\d)/g, '9988776655443322$1')
        .replaceAll(/"0{40}"/g, `"${tag}"`),
    );
  }
}
