// The page's own files: HTML, CSS and ES modules, whose types Node strips as it does for everything else here.
import { readdir, readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { extname, join } from 'node:path';

const folder = join(import.meta.dirname, 'web');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

/** By path: `/`, `/main.ts`, `/style/chat.css`. */
export type Assets = ReadonlyMap<string, Asset>;

/** Reads all of them once; nothing else of the disk can be asked for. */
export async function loadAssets(): Promise<Assets> {
  const names = await readdir(folder, { recursive: true });
  const loaded = await Promise.all(
    names.map(async (name): Promise<[string, Asset][]> => {
      const type = types[extname(name)];
      if (type === undefined) return [];
      const text = await readFile(join(folder, name), 'utf8');
      const bytes = Buffer.from(extname(name) === '.ts' ? stripTypeScriptTypes(text) : text);
      const path = `/${name.replaceAll('\\', '/')}`;
      return [[path === '/index.html' ? '/' : path, { type, bytes }]];
    }),
  );
  return new Map(loaded.flat());
}
