// Whether kubectl knows a command of a document: its words, its flags, and the folders and files that it names.
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { findPrograms } from '../../../sandbox/programs.ts';
import { placeOf } from './places.ts';

const run = promisify(execFile);

/** Short flags with a value, and the long ones that may stand before the command. */
const valued = new Set(['-n', '-f', '-k', '-o', '-l', '-c', '--namespace', '--kubeconfig', '--context']);

/** How many words name a command, where it is more than one. */
const depths: Readonly<Record<string, number>> = { auth: 2, create: 3, rollout: 2, set: 2, top: 2 };

/** @returns what is wrong with it. */
export async function wrongKubectl(words: readonly string[]): Promise<string[]> {
  const all = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const flags = all.filter((word) => word.startsWith('-') && word !== '-').map((word) => word.split('=')[0] ?? '');
  const plain = all.filter((word, index) => !word.startsWith('-') && !valued.has(all[index - 1] ?? ''));
  const help = await kubectl(...plain.slice(0, depths[plain[0] ?? ''] ?? 1), '--help');
  const usage = /^Usage:\n +kubectl (.*)$/m.exec(help)?.[1]?.split(' ') ?? [];
  if (plain[0] === undefined || usage[0] !== plain[0]) return [`kubectl has no command ${plain[0]}`];
  const known = `${help}\n${await kubectl('options')}`;
  const unknown = flags.filter((flag) => !new RegExp(`^ +(-\\w, )?${flag}[=,]`, 'm').test(known));
  return [
    ...unknown.map((flag) => `kubectl ${plain[0]} has no flag ${flag}`),
    ...(await Promise.all(valuesOf('-k', all).map(wrongFolder))).flat(),
    ...valuesOf('-f', all)
      .filter((file) => file !== '-' && placeOf(file) === null)
      .map((file) => `there is no file ${file}`),
  ];
}

async function wrongFolder(folder: string): Promise<string[]> {
  const kustomization = placeOf(`${folder}/kustomization.yaml`);
  if (kustomization === null) return [`${folder} is no kustomization`];
  const rendered = await kubectl('kustomize', dirname(kustomization));
  return /^kind: \w+$/m.test(rendered) ? [] : [`${folder} does not render: ${rendered.slice(0, 300)}`];
}

const said = new Map<string, Promise<string>>();

/** What it prints, on success or failure; asked once. */
function kubectl(...args: string[]): Promise<string> {
  const known = said.get(args.join(' ')) ?? ask(args);
  said.set(args.join(' '), known);
  return known;
}

async function ask(args: readonly string[]): Promise<string> {
  const { path, advice } = await findPrograms();
  if (advice !== null) throw new Error(advice);
  const env = { PATH: path, HOME: '/nonexistent', LC_ALL: 'C' };
  return run('kubectl', args, { env, maxBuffer: 2 ** 24 }).then(
    ({ stdout }) => stdout,
    (error: unknown) => String(error),
  );
}

function valuesOf(flag: string, words: readonly string[]): string[] {
  return words.flatMap((word, index) => (words[index - 1] === flag ? [word] : []));
}
