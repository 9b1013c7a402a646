// What is wrong with a configuration, in sentences for whoever wrote it.
import leven from 'leven';
import type { z } from 'zod';
import type { Problem } from './config.ts';
import type { Path, YamlFile } from './yaml.ts';

/** As printed on standard error, with a line for each problem and one for each example. */
export function formatProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const lines = problems.flatMap(({ where, what, example }) => [
    `  ${where} ${what}`,
    ...(example === undefined ? [] : [`    for example: ${example}`]),
  ]);
  return `The configuration has ${count}; nothing was started.\n\n${lines.join('\n')}\n`;
}

/** The known word that was probably meant, or null. */
export function didYouMean(word: string, known: readonly string[]): string | null {
  const most = Math.max(1, Math.min(3, Math.floor(word.length / 3)));
  const [best] = known
    .map((one) => ({ one, distance: leven(word.toLowerCase(), one.toLowerCase(), { maxDistance: most + 1 }) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return best?.one ?? null;
}

/** Of one file; who has more of them begins with these. */
const mostProblems = 50;

/** A node of a JSON Schema, as far as it is looked at here. */
interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly examples?: readonly unknown[];
}

/** @param schema JSON Schema of the file, which knows the keys and examples. */
export function fileProblems(
  issues: readonly z.core.$ZodIssue[],
  name: string,
  file: YamlFile,
  schema: SchemaNode,
): Problem[] {
  const single = issues.flatMap((issue): z.core.$ZodIssue[] =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue],
  );
  const found = single.slice(0, mostProblems).flatMap((issue): (Problem & { line: number })[] => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const line = file.line(path, key);
        const where = place(name, line, [...path, key]);
        return { where, what: `is an unknown key${suggest(key, path, schema)}`, line: line ?? 0 };
      });
    }
    const line = file.line(path);
    return [
      { where: place(name, line, path), ...explainIssue(issue, path, file, nodeAt(schema, path)), line: line ?? 0 },
    ];
  });
  const problems: Problem[] = found.sort((a, b) => a.line - b.line).map(({ line: _, ...problem }) => problem);
  const more = single.length - mostProblems;
  return more > 0 ? [...problems, { where: name, what: `has ${more} more problems` }] : problems;
}

function explainIssue(
  issue: z.core.$ZodIssue,
  path: Path,
  file: YamlFile,
  node: SchemaNode | undefined,
): Omit<Problem, 'where'> {
  const value = valueAt(file.value, path);
  const example = node?.examples?.[0];
  const shown = example === undefined ? {} : { example: asYaml(path, example) };
  if (value === undefined) return { what: 'is missing', ...shown };
  if (value === null) return { what: 'has no value: write one, or leave the key out', ...shown };
  if (issue.code !== 'invalid_type') return { what: issue.message, ...shown };
  if (issue.expected !== 'string') return { what: `must be ${kinds[issue.expected] ?? issue.expected}`, ...shown };
  const source = file.source(path);
  if (typeof value === 'number' && source !== null && /^\d{16,20}$/.test(source)) {
    const what = 'is a number, of which the last digits are lost: put it in quotes';
    return { what, example: asYaml(path, source) };
  }
  if (example !== undefined) return { what: 'must be text', ...shown };
  if (source === null || typeof value === 'object') return { what: 'must be text' };
  return { what: 'must be text: put it in quotes', example: asYaml(path, source.slice(0, 80)) };
}

const kinds: Readonly<Record<string, string>> = {
  object: 'a map of keys and values',
  record: 'a map of keys and values',
  array: 'a list',
  boolean: 'true or false',
};

/** `routes[0].channel: "1122"`, the innermost key with its value. */
function asYaml(path: Path, value: unknown): string {
  const last = path.at(-1);
  const text = typeof value === 'string' && /^[a-z][\w/]*$|^\d+[wdhms]$/i.test(value) ? value : JSON.stringify(value);
  return typeof last === 'number' ? `- ${text}` : `${last === undefined ? '' : `${last}: `}${text}`;
}

function suggest(key: string, path: Path, schema: SchemaNode): string {
  const known = Object.keys(nodeAt(schema, path)?.properties ?? {});
  const near = didYouMean(key, known);
  if (near !== null) return `; did you mean ${near}?`;
  const elsewhere = pathsOf(schema).find((one) => one.at(-1) === key);
  if (elsewhere !== undefined) return `; did you mean ${elsewhere.join('.')}?`;
  return known.length === 0 ? '' : `; known here: ${known.join(', ')}`;
}

function nodeAt(schema: SchemaNode, path: Path): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((node, part) => {
    if (typeof part === 'number') return node?.items;
    const other = typeof node?.additionalProperties === 'object' ? node.additionalProperties : undefined;
    return node?.properties?.[part] ?? other;
  }, schema);
}

function pathsOf(node: SchemaNode): string[][] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => [
    [key],
    ...pathsOf(inner).map((rest) => [key, ...rest]),
  ]);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, part) => (typeof node === 'object' && node !== null ? Reflect.get(node, part) : undefined),
    value,
  );
}

function place(name: string, line: number | null, path: Path): string {
  const shown = path.map((part, index) => {
    if (typeof part === 'number') return `[${part}]`;
    const plain = /^[\w-]{1,80}$/.test(part) ? part : JSON.stringify(part.slice(0, 80));
    return index === 0 ? plain : `.${plain}`;
  });
  return `${name}${line === null ? '' : `:${line}`}:${shown.length === 0 ? '' : ` ${shown.join('')}`}`;
}
