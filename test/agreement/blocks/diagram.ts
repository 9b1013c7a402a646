// Whether the words of a drawn diagram stand for something: rooms, files, routes, or steps of a deploy.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/check/run-tool.ts';

/** Who is outside the house. */
const outside = ['Alertmanager', 'people'];

/** @returns what is wrong with it: of the words that begin a line or follow a drawn arrow, those that name nothing. */
export function wrongDiagram(block: string): readonly string[] {
  const begins = block.split('\n').map((line) => /^\s*(POST \S+|[\w/]+)/.exec(line)?.[1] ?? '');
  const behind = [...block.matchAll(/─▶ ([\w/]+)/g)].map(([, word = '']) => word);
  const named = [...begins, ...behind].filter((word) => word !== '');
  if (named.length === 0) return ['it names nothing that could be compared'];
  return named.filter((word) => !isKnown(word)).map((word) => `there is no ${word}`);
}

function isKnown(word: string): boolean {
  if (outside.includes(word)) return true;
  if (word.startsWith('POST ')) return text('src/http/server.ts').includes(`route('${word.slice('POST '.length)}'`);
  // `x` stands for any file.
  const path = word.replace(/\/x$/, '');
  const places = [path, join('src', path), join('src', `${path}.ts`)];
  return places.some((one) => existsSync(join(root, one))) || text('src/deploys/procedure.ts').includes(`'${word}'`);
}

function text(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
