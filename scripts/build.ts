// Writes the production bundle to dist/: it runs anywhere with Node 24, without node_modules. `--source-maps` adds maps, `--quiet` says nothing.
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { licensesOf } from './build/licenses.ts';
import { leaveOutNatives } from './build/natives.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const isQuiet = process.argv.includes('--quiet');
const started = new Date();

// Built beside and then put in place, so that a build that fails leaves the old one whole.
const fresh = join(root, `dist.${process.pid}.tmp`);
try {
  await bundle(fresh);
  // Older than any source that was changed while this ran.
  await utimes(join(fresh, 'main.js'), started, started);
  await rm(dist, { recursive: true, force: true });
  await rename(fresh, dist);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
if (!isQuiet) await printSizes();

async function bundle(into: string): Promise<void> {
  const build = await rolldown({
    input: { main: join(root, 'src', 'main.ts') },
    cwd: root,
    platform: 'node',
    // Without NODE_ENV some packages bring their development half.
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [leaveOutNatives()],
    treeshake: {
      // client-node does not say so itself: unless told, all its generated Api classes come along (900 instead of 300 ms to load).
      moduleSideEffects: [{ test: /[\\/]node_modules[\\/]@kubernetes[\\/]client-node[\\/]/, sideEffects: false }],
    },
    onLog(level, log, forward) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
      // Whoever builds the bot cannot change how a package calls eval or names its exports.
      if (level === 'warn' && (log.id ?? log.message).includes('node_modules')) return;
      forward(level, log);
    },
  });
  const { output } = await build.write({
    dir: into,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: process.argv.includes('--source-maps'),
    // Names and lines stay: a stack trace must be readable, and Node prints the whole line that threw. Without them the bundle would be
    // 1.5 MB smaller, and neither its memory nor its start would change (measured).
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
    keepNames: true,
  });
  await build.close();
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  await mkdir(into, { recursive: true });
  await writeFile(join(into, 'LICENSES.txt'), await licensesOf(modules, root));
  // Node asks the nearest package.json whether .js files are ES modules.
  await writeFile(join(into, 'package.json'), '{ "type": "module", "private": true }\n');
}

async function printSizes(): Promise<void> {
  for (const name of (await readdir(dist)).sort()) {
    const file = join(dist, name);
    const { size } = await stat(file);
    const packed = gzipSync(await readFile(file)).length;
    console.log(`dist/${name.padEnd(28)} ${kilobytes(size)} ${kilobytes(packed)} gzipped`);
  }
  console.log(`built in ${((Date.now() - started.getTime()) / 1000).toFixed(1)} s`);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(11);
}
