// A Chromium from the lock file, unpacked once into the user's cache; for the tests of the page and for its screenshots.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import puppeteer, { type Browser } from 'puppeteer-core';

/** One sentence where there is none for this machine; null where there is. */
export const noChromium =
  process.platform === 'linux' && process.arch === 'x64'
    ? null
    : `The page is tested in Chromium on linux-x64 only; this is ${process.platform}-${process.arch}.`;

const packed = dirname(dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium')))));

/** Whoever starts it closes it. */
export async function startChromium(): Promise<Browser> {
  if (noChromium !== null) throw new Error(noChromium);
  const folder = await unpacked();
  return puppeteer.launch({
    executablePath: join(folder, 'chromium'),
    headless: 'shell',
    pipe: true,
    // As root, in a container, Chromium cannot make a sandbox of its own; it opens nothing but the page.
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none', '--lang=en-GB'],
    env: { PATH: process.env['PATH'], HOME: folder, TZ: 'UTC', FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  });
}

async function unpacked(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packed, 'package.json'), 'utf8')) as { version: string };
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(cache, 'homelab-bot', `chromium-${version}`);
  if (existsSync(join(folder, 'chromium'))) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const making = await mkdtemp(`${folder}.`);
  await unpack(making, folder);
  await rename(making, folder).catch(async (error: unknown) => {
    // Another process was faster.
    await rm(making, { recursive: true });
    if (!existsSync(join(folder, 'chromium'))) throw error;
  });
  return folder;
}

/** `becomes` is the folder's name once it is whole. */
async function unpack(folder: string, becomes: string): Promise<void> {
  const inflate = promisify(brotliDecompress);
  const [program, fonts] = await Promise.all(
    ['chromium.br', 'fonts.tar.br'].map(async (name) => inflate(await readFile(join(packed, 'bin', name)))),
  );
  if (program === undefined || fonts === undefined) throw new Error('Chromium is not in its package');
  await mkdir(join(folder, 'fonts'));
  for (const { name, bytes } of fontsIn(fonts)) await writeFile(join(folder, 'fonts', name), bytes);
  await writeFile(join(folder, 'fonts.conf'), fontsConf(becomes));
  await writeFile(join(folder, 'chromium'), program, { mode: 0o755 });
}

/** The fonts of a tar archive: a header of 512 bytes, with name and size in octal, before each file, padded to 512. */
function fontsIn(tar: Buffer): { name: string; bytes: Buffer }[] {
  const found: { name: string; bytes: Buffer }[] = [];
  for (let at = 0; at + 512 <= tar.length; ) {
    const name = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.toString('utf8', at + 124, at + 136), 8) || 0;
    const base = name.split('/').at(-1) ?? '';
    if (base.endsWith('.ttf')) found.push({ name: base, bytes: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}

/** These fonts first, so that pictures look alike on every machine; the system's for what they lack. */
function fontsConf(folder: string): string {
  const alias = (family: string, preferred: string): string =>
    `<alias binding="same"><family>${family}</family><prefer><family>${preferred}</family></prefer></alias>`;
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(folder, 'font-cache')}</cachedir>
  ${alias('sans-serif', 'Open Sans')}
  ${alias('system-ui', 'Open Sans')}
  ${alias('monospace', 'DejaVu Sans Mono')}
</fontconfig>
`;
}
