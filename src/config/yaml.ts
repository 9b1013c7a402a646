// YAML text → a plain value, with the traps of YAML refused by name and line.
import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Problem } from './config.ts';

export type Path = readonly (string | number)[];

export interface YamlFile {
  readonly value: unknown;
  /** Where it is written, or null. With `key`, that key of the map at `path`. */
  line(path: Path, key?: string): number | null;
  /** A scalar as it is written, or null. */
  source(path: Path): string | null;
}

export type YamlResult =
  | { readonly ok: true; readonly file: YamlFile }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const mostAliases = 100;
const mostProblems = 20;
const deepest = 50;

/** @param name of the file, as it is shown. */
export function parseYaml(text: string, name: string): YamlResult {
  const lines = new LineCounter();
  const at = (offset: number) => `${name}:${lines.linePos(offset).line}`;
  if (nestsDeeper(text)) return wrong([{ where: name, what: `nests deeper than ${deepest} levels` }]);
  try {
    // Its own check for duplicate keys compares each with each; ours is below.
    const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
    const [document, second] = Array.isArray(documents) ? documents : [];
    if (document === undefined) return { ok: true, file: { value: null, line: () => null, source: () => null } };
    if (second !== undefined) return wrong([{ where: at(second.range[0]), what: 'holds a second document (---)' }]);
    const problems = document.errors.map((error) => ({
      where: at(error.pos[0]),
      what: explain(error.code, error.message),
    }));
    if (problems.length === 0) problems.push(...traps(document, at));
    if (problems.length > 0) return wrong(problems.slice(0, mostProblems));
    const value: unknown = document.toJS({ maxAliasCount: mostAliases });
    return { ok: true, file: { value, ...lookup(document, (offset) => lines.linePos(offset).line) } };
  } catch (error) {
    const what = error instanceof ReferenceError ? `uses more than ${mostAliases} aliases` : 'cannot be read as YAML';
    return wrong([{ where: name, what }]);
  }
}

function wrong(problems: readonly Problem[]): YamlResult {
  return { ok: false, problems };
}

function explain(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'is indented with a tab: YAML takes blanks only';
  const first = (message.split('\n')[0] ?? '').slice(0, 200);
  return `is not valid YAML: ${first}`;
}

/** Duplicate keys, keys that are no text, and names that JavaScript would take for something else. */
function traps(document: Document, at: (offset: number) => string): Problem[] {
  const problems: Problem[] = [];
  let aliases = 0;
  visit(document, {
    Alias(_key, alias) {
      aliases += 1;
      if (alias.resolve(document) === undefined) {
        problems.push({
          where: at(startOf(alias) ?? 0),
          what: `refers to ${quoted(alias.source)}, which no & before it names`,
        });
      }
      return aliases > mostAliases ? visit.BREAK : undefined;
    },
    Map(_key, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const where = at(startOf(key) ?? startOf(map) ?? 0);
        if (!isScalar(key) || isAlias(key)) problems.push({ where, what: 'has a key that is no plain text' });
        else {
          const text = String(key.value);
          if (seen.has(text)) problems.push({ where, what: `has the key ${quoted(text)} a second time` });
          if (text === '__proto__') problems.push({ where, what: 'has a key that is not allowed: __proto__' });
          seen.add(text);
        }
      }
    },
  });
  if (aliases > mostAliases) problems.push({ where: at(0), what: `uses more than ${mostAliases} aliases` });
  return problems;
}

function lookup(document: Document, lineAt: (offset: number) => number): Omit<YamlFile, 'value'> {
  const nodeAt = (path: Path): unknown => (path.length === 0 ? document.contents : document.getIn(path, true));
  return {
    line(path, key) {
      for (let length = path.length; length >= 0; length -= 1) {
        const node = nodeAt(path.slice(0, length));
        const pair = isMap(node)
          ? node.items.find((item) => isScalar(item.key) && item.key.value === (key ?? path[length]))
          : null;
        const start = startOf(pair?.key) ?? startOf(node);
        if (start !== null) return lineAt(start);
      }
      return null;
    },
    source(path) {
      const node = nodeAt(path);
      return isScalar(node) && typeof node.source === 'string' ? node.source : null;
    },
  };
}

function startOf(node: unknown): number | null {
  return (isNode(node) ? node.range?.[0] : null) ?? null;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/** A bound on what the parser recurses into: brackets in one run, or indentation. */
function nestsDeeper(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth -= 1;
    if (depth > deepest) return true;
  }
  return /^(?: *- ){51}/m.test(text) || /^ {500}/m.test(text);
}
