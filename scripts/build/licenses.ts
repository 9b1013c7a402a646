// Collects the licence texts of the packages that a bundle holds.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** `modules` are the absolute paths of bundled files; the answer is one text with a part for each package, in order of names. */
export async function licensesOf(modules: readonly string[], root: string): Promise<string> {
  const folders = new Set(modules.map(packageFolder).filter((folder) => folder !== null));
  const parts = new Map<string, string>();
  for (const folder of folders) {
    const manifest: Manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const title = `${manifest.name} ${manifest.version} (${manifest.license ?? 'no licence named'})`;
    parts.set(title, await licenseText(folder));
  }
  const own = await readFile(join(root, 'LICENSE'), 'utf8');
  const rest = [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([title, text]) => section(title, text));
  return [section('homelab-bot (Apache-2.0)', own), ...rest].join('\n');
}

/** The innermost package that holds a file, or null for our own files and virtual modules. */
function packageFolder(module: string): string | null {
  return /^(?!\0).*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(module)?.[0] ?? null;
}

async function licenseText(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.length > 0
    ? texts.join('\n')
    : 'The package holds no licence text of its own; the name of its licence stands above.';
}

function section(title: string, text: string): string {
  const line = '='.repeat(80);
  return `${line}\n${title}\n${line}\n\n${text.trim()}\n`;
}
