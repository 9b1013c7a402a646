// What is wrong with a command of a shell block, program by program; a program that is not here is wrong.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { readArguments } from '../../../sandbox/arguments.ts';
import { root } from '../../../scripts/check/run-tool.ts';
import { Environment, variableMeta, variableNames } from '../../../src/config/environment-schema.ts';
import { createLog } from '../../../src/lib/log.ts';
import { commandsBySsh, helm, looking, wrongScript } from './homelab.ts';
import { wrongKubectl } from './kubectl.ts';
import { placeOf } from './places.ts';
import { commandsIn, type ShellCommand } from './shell.ts';

type Check = (args: readonly string[]) => readonly string[] | Promise<readonly string[]>;

const scripts: Readonly<Record<string, string>> = JSON.parse(text('package.json')).scripts;

const programs: Readonly<Record<string, Check>> = {
  npm,
  curl,
  grep,
  sqlite3,
  podman,
  kubectl: wrongKubectl,
  git: ([command = '', ...rest]) => (command === 'pull' ? [] : only(['clone', 'push', 'commit', 'add'], command, rest)),
  helm,
  sudo: (words) => wrongWords(words),
  ssh: async (args) => (await Promise.all(commandsBySsh(args).map(wrongWords))).flat(),
  ...Object.fromEntries(looking.map((name) => [name, () => []])),
  openssl: ([command = '', ...rest]) => only(['rand'], command, rest),
  node: ([file = '']) => missing([file]),
  cp: ([from = '']) => missing([from]),
  set: (flags) => flags.filter((flag) => !/^[-+]a$/.test(flag)).map((flag) => `set ${flag} is not meant`),
  // What .env.example became.
  '.': ([file = '']) => (file === './.env' ? missing(['.env.example']) : [`${file} is not written by anybody`]),
  cd: () => [],
  rm: () => [],
};

/** @returns what is wrong with a block of shell commands. */
export async function wrongShell(block: string): Promise<readonly string[]> {
  // What the reader puts in their own words for, as in <your host>.
  const commands = commandsIn(block.replaceAll(/<[a-zA-Z][^<>\n]*>/g, 'yours'));
  if (commands.length === 0) return ['it holds no command'];
  return (await Promise.all(commands.map(wrongCommand))).flat();
}

async function wrongCommand({ assigned, words }: ShellCommand): Promise<readonly string[]> {
  const unknown = assigned
    .filter((name) => !variableNames.some((known) => known === name || `${known}_FILE` === name))
    .map((name) => `${name} is no variable of .env.example`);
  return words.length === 0 ? unknown : [...unknown, ...(await wrongWords(words))];
}

async function wrongWords([program = '', ...args]: readonly string[]): Promise<readonly string[]> {
  const script = wrongScript(program, args);
  if (script !== null) return script;
  const check = Object.hasOwn(programs, program) ? programs[program] : undefined;
  return check === undefined ? [`nothing here knows the program ${program}`] : check(args);
}

function npm([command = '', ...rest]: readonly string[]): readonly string[] {
  if (['cit', 'ci', 'install'].includes(command)) return [];
  const [script = '', ...more] = command === 'run' ? rest : [command, ...rest];
  const isScript = Object.hasOwn(scripts, script) && (command === 'run' || ['start', 'test'].includes(command));
  if (!isScript) return [`npm has no ${[command, script].join(' ')}`];
  const args = more[0] === '--' ? more.slice(1) : [];
  if (more.length > 0 && more[0] !== '--') return ['arguments of a script stand behind --'];
  if (script === 'start') return readArguments(args, root).ok ? [] : [`npm start does not take ${args.join(' ')}`];
  if (script === 'bot') return args.filter((arg) => !usageOfBot().includes(arg)).map((arg) => `the bot has no ${arg}`);
  return script === 'test' ? missing(args) : [];
}

/** The words that the bot's usage explains. */
function usageOfBot(): string[] {
  const usage = /const usage = `([^`]*)`/.exec(text('src/main.ts'))?.[1] ?? '';
  return [...usage.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, word = '']) => word);
}

function curl(args: readonly string[]): readonly string[] {
  const urls = args.filter((arg) => URL.canParse(arg)).map((arg) => new URL(arg));
  const served = [...text('src/http/server.ts').matchAll(/route\('([^']+)'/g)].map(([, path]) => path);
  if (urls.length === 0) return ['curl is given no URL'];
  return urls.filter(({ pathname }) => !served.includes(pathname)).map(({ href }) => `the bot does not serve ${href}`);
}

/** A reference, or a pattern that finds errors in the log and nothing else. */
function grep(args: readonly string[]): readonly string[] {
  const pattern = args.filter((arg) => !arg.startsWith('-'))[0] ?? '';
  if (/^[0-9a-f]{20}$/.test(pattern)) return [];
  const lines: string[] = [];
  const log = createLog({ level: 'trace', redact: (line) => line, destination: { write: (line) => lines.push(line) } });
  for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) log[level]('something');
  const found = lines.filter((line) => new RegExp(pattern).test(line));
  return found.length === 2 && found.every((line) => /error|fatal/.test(line)) ? [] : [`${pattern} finds no errors`];
}

function sqlite3([file = '', statement = '']: readonly string[]): readonly string[] {
  const used = Environment.shape.DATABASE_URL.parse(undefined);
  const database = new DatabaseSync(':memory:');
  try {
    database.prepare(statement);
    return join(process.cwd(), file) === used ? [] : [`${file} is not where ${variableMeta('DATABASE_URL')} is`];
  } catch (error) {
    return [`SQLite does not take ${statement}: ${String(error)}`];
  } finally {
    database.close();
  }
}

function podman([command = '', ...rest]: readonly string[]): readonly string[] {
  return command === 'build' ? missing(['Containerfile']) : only(['push', 'save', 'login', 'run'], command, rest);
}

function only(known: readonly string[], command: string, rest: readonly string[]): readonly string[] {
  return known.includes(command) && rest.length > 0 ? [] : [`nothing here knows what ${command} does`];
}

function missing(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => placeOf(path) === null).map((path) => `there is no ${path}`);
}

function text(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
