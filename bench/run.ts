// The benchmark suite (`npm run bench`, or `npm run bench -- NAME …` for some of it): prints a table, writes bench/results.json, where what was not run stays.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root, runTool } from '../scripts/check/run-tool.ts';
import { isBuilt } from '../scripts/launch/stale.mjs';
import type { Row } from './row.ts';

/** Every file here but the suite's own is a piece: `name.ts` exports `nameBench`. */
const own = [
  'run.ts',
  'row.ts',
  'bundle.ts',
  'alerts.ts',
  'client.ts',
  'first-bytes.ts',
  'memory-of.ts',
  'peer.ts',
  'random.ts',
];
const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.ts') && !own.includes(name));
const known = files.map((name) => name.slice(0, -'.ts'.length)).sort();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  process.exit(64);
}

if (!isBuilt(root)) {
  console.log('Building dist/ …');
  const built = await runTool('../scripts/build.ts', ['--quiet']);
  if (!built.ok) {
    console.error(built.output);
    process.exit(1);
  }
}

const file = join(import.meta.dirname, 'results.json');
const machine = { node: process.version, processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
const results = await earlier();
for (const name of wanted.length > 0 ? wanted : known) {
  const started = performance.now();
  const bench = await load(name);
  const rows = await bench();
  results[name] = rows;
  console.log(`\n${name} (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  for (const row of rows) console.log(`  ${line(row)}`);
}

const sorted = Object.fromEntries(known.flatMap((name) => (results[name] ? [[name, results[name]]] : [])));
await writeFile(file, `${JSON.stringify({ machine, results: sorted }, null, 2)}\n`);
console.log(
  `\nOn ${machine.cores} cores of ${machine.processor}, Node ${machine.node}. Written to bench/results.json.`,
);

/** What earlier runs of the same machine wrote; figures of two machines do not stand side by side. */
async function earlier(): Promise<Record<string, readonly Row[]>> {
  try {
    const before = JSON.parse(await readFile(file, 'utf8')) as {
      machine: unknown;
      results: Record<string, readonly Row[]>;
    };
    return JSON.stringify(before.machine) === JSON.stringify(machine) ? before.results : {};
  } catch {
    return {};
  }
}

async function load(name: string): Promise<() => Promise<readonly Row[]>> {
  const piece: Record<string, unknown> = await import(`./${name}.ts`);
  const bench = piece[`${name}Bench`];
  if (typeof bench !== 'function') throw new Error(`bench/${name}.ts exports no ${name}Bench`);
  return bench as () => Promise<readonly Row[]>;
}

function line({ name, value, unit, aim, beside, note }: Row): string {
  const figure = `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${unit}`.trim().padStart(10);
  const verdict = aim === undefined ? '' : `  ${value <= aim ? 'within' : 'OVER'} ${aim} ${unit}`;
  const compared = beside === undefined ? '' : `  ${beside.name}: ${beside.value.toFixed(1)} ${unit}`;
  return `${name.padEnd(52)} ${figure}${verdict}${compared}${note === undefined ? '' : `  (${note})`}`;
}
