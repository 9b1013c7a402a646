// What is wrong with a command that sets the homelab up: a script of manifests/, helm, or either on another machine.
import { readFileSync } from 'node:fs';
import { placeOf } from './places.ts';
import { commandsIn } from './shell.ts';

/** Programs of the desktops that only look, or whose arguments are the reader's own. */
export const looking = ['cat', 'head', 'id', 'k3s', 'nmap', 'shred'];

/** @returns null for a program that is no path. */
export function wrongScript(program: string, args: readonly string[]): readonly string[] | null {
  if (!program.includes('/')) return null;
  const place = placeOf(program);
  if (place === null) return [`there is no script ${program}`];
  const source = readFileSync(place, 'utf8');
  const flags = args.flatMap((arg) => /^--[a-z-]+/.exec(arg)?.[0] ?? []);
  return flags.filter((flag) => !source.includes(`${flag})`)).map((flag) => `${program} has no option ${flag}`);
}

/** A release is of one version of its chart, with values that are there. */
export function helm([command = '', ...args]: readonly string[]): readonly string[] {
  const files = args.filter((_, index) => args[index - 1] === '-f' && args[index] !== '-');
  const missing = files.filter((file) => placeOf(file) === null).map((file) => `there is no ${file}`);
  const isPinned = /^\d+\.\d+\.\d+$/.test(args[args.indexOf('--version') + 1] ?? '');
  switch (command) {
    case 'repo':
      return URL.canParse(args.at(-1) ?? '') ? [] : ['helm repo add is given no URL'];
    case 'upgrade':
      return [...missing, ...(args.includes('--install') ? [] : ['helm upgrade does not install']), ...pin(isPinned)];
    case 'show':
      return pin(isPinned);
    case 'uninstall':
      return [];
    default:
      return [`nothing here knows what helm ${command} does`];
  }
}

function pin(isPinned: boolean): readonly string[] {
  return isPinned ? [] : ['helm is given no version'];
}

/** The commands that ssh runs elsewhere, without `sudo`; the host comes first. A forced command runs nothing of what it is given. */
export function commandsBySsh([host = '', ...words]: readonly string[]): readonly (readonly string[])[] {
  if (host.startsWith('deploy@') || words.length === 0) return [];
  return words.length > 1 ? [words] : commandsIn(words[0] ?? '').map((one) => one.words);
}
