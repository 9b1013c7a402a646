// YAML text → a document whose nodes know where they stand, with what cannot be edited or judged safely refused by line.
import { type Document, isNode, isScalar, LineCounter, type Pair, parseAllDocuments, visit, type YAMLMap } from 'yaml';
import { UserError } from '../lib/user-error.ts';

export interface YamlText {
  readonly text: string;
  readonly document: Document;
  /** 1 for the first. */
  lineOf(node: unknown): number;
}

const mostBytes = 256 * 1024;
const mostAliases = 100;
const deepest = 50;

/**
 * @param name of the file, as it is shown.
 * @throws UserError with the line: broken YAML, a second document, a key twice, an alias of nothing, too large, too deep, too many aliases.
 */
export function parseYamlText(text: string, name: string): YamlText {
  if (text.length > mostBytes) throw new UserError(`${name} is larger than ${mostBytes / 1024} KiB.`);
  if (nestsDeeper(text)) throw new UserError(`${name} nests deeper than ${deepest} levels.`);
  const lines = new LineCounter();
  // Its own check for duplicate keys compares each with each; ours is below.
  const parsed = parse(text, lines, name);
  const [document, second] = Array.isArray(parsed) ? parsed : [];
  if (document === undefined) throw new UserError(`${name} is empty.`);
  const at = (offset: number) => lines.linePos(offset).line || 1;
  const [error] = document.errors;
  if (error !== undefined)
    throw new UserError(`${name}, line ${at(error.pos[0])}: ${explain(error.code, error.message)}`);
  if (second !== undefined) {
    throw new UserError(`${name}, line ${at(second.range[0])}: a second document begins (---); it may hold one only.`);
  }
  const lineOf = (node: unknown) => at((isNode(node) ? node.range?.[0] : 0) ?? 0);
  refuseTraps(document, name, lineOf);
  return { text, document, lineOf };
}

/** The value of a plain text key of a map; undefined where it is not there. */
export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}

/** Text, list and map as JavaScript has them. Scalars of YAML 1.2. */
export function plain({ document }: Pick<YamlText, 'document'>): unknown {
  return document.toJS({ maxAliasCount: mostAliases });
}

function parse(text: string, lines: LineCounter, name: string) {
  try {
    return parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  } catch (error) {
    throw new UserError(`${name} cannot be read as YAML.`, { cause: error });
  }
}

function explain(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'it is indented with a tab; YAML takes blanks only.';
  return `not valid YAML: ${(message.split('\n')[0] ?? '').slice(0, 200)}.`;
}

function refuseTraps(document: Document, name: string, lineOf: (node: unknown) => number): void {
  let aliases = 0;
  visit(document, {
    Alias(_key, alias) {
      aliases += 1;
      if (aliases > mostAliases) throw new UserError(`${name} uses more than ${mostAliases} aliases.`);
      if (alias.resolve(document) === undefined) {
        throw new UserError(
          `${name}, line ${lineOf(alias)}: it refers to *${alias.source.slice(0, 60)}, which no & before it names.`,
        );
      }
    },
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const value = isScalar(key) ? key.value : null;
        const where = `${name}, line ${lineOf(isScalar(key) ? key : map)}`;
        if (!isScalar(key) || (typeof value === 'object' && value !== null)) {
          throw new UserError(`${where}: a key that is no plain text.`);
        }
        if (typeof value === 'string' && seen.has(value)) {
          throw new UserError(`${where}: the key ${JSON.stringify(value.slice(0, 60))} stands there a second time.`);
        }
        // Merged values would stand elsewhere than they are read.
        if (value === '<<')
          throw new UserError(`${where}: a merge key (<<) cannot be edited safely; write the values out.`);
        if (value === '__proto__') throw new UserError(`${where}: the key __proto__ is not allowed.`);
        seen.add(value);
      }
    },
  });
  try {
    document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    throw new UserError(`${name} uses its aliases in a way that makes it far too large.`, { cause: error });
  }
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
