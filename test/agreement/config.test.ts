// The configuration is written three times: in the schemas, in .env.example and in the JSON Schema for editors. They must agree.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Environment, isRequired, variableMeta, variableNames } from '../../src/config/environment-schema.ts';
import { ConfigFile, jsonSchema } from '../../src/config/file-schema.ts';

const root = new URL('../../', import.meta.url);
const example = readFileSync(new URL('.env.example', root), 'utf8');

interface Entry {
  readonly comment: string;
  readonly name: string;
  readonly value: string;
  readonly required: boolean;
}

/** A variable is one comment line and then its assignment, which is itself a comment where the variable is optional. */
const entries = [...example.matchAll(/^# (.+)\n(# )?([A-Z_]+)=(.*)$/gm)].map(
  ([, comment = '', hash, name = '', value = '']): Entry => ({ comment, name, value, required: hash === undefined }),
);

describe('.env.example', () => {
  test('names every variable once, and no other, required ones first', () => {
    expect(entries.map(({ name }) => name)).toEqual([
      ...variableNames.filter(isRequired),
      ...variableNames.filter((name) => !isRequired(name)),
    ]);
    expect(example.match(/^(?:# )?[A-Z_]+=/gm)).toHaveLength(entries.length);
  });

  test.each(variableNames)('describes %s as the schema does', (name) => {
    const entry = entries.find((one) => one.name === name);
    expect(entry).toMatchObject({ comment: variableMeta(name).description, required: isRequired(name) });
  });

  test('leaves required variables empty, so that nobody runs with an example', () => {
    expect(entries.filter(({ required }) => required).map(({ value }) => value)).toEqual(['', '', '', '']);
  });

  test.each(variableNames.filter((name) => !isRequired(name)))('shows what holds without %s', (name) => {
    const shown = entries.find((one) => one.name === name)?.value;
    const schema = Environment.shape[name];
    expect(schema.parse(shown === '' ? undefined : shown)).toEqual(schema.parse(undefined));
  });
});

test.each(variableNames)('the example of %s that an error shows is a right value', (name) => {
  expect(Environment.shape[name].safeParse(variableMeta(name).example).success).toBe(true);
});

describe('docs/config.schema.json', () => {
  test('is what `npm run bot -- schema` prints', () => {
    expect(JSON.parse(readFileSync(new URL('docs/config.schema.json', root), 'utf8'))).toEqual(jsonSchema());
  });

  test('describes every key of the file', () => {
    const undescribed = keysOf(jsonSchema()).filter(({ node }) => typeof node.description !== 'string');
    expect(undescribed.map(({ path }) => path)).toEqual([]);
  });

  test('holds examples that the schema takes', () => {
    const examples = keysOf(jsonSchema()).filter(({ node, path }) => node.examples !== undefined && !/[[*]/.test(path));
    expect(examples.length).toBeGreaterThan(5);
    for (const { path, node } of examples) {
      const file = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), node.examples?.[0]);
      expect({ path, ok: ConfigFile.safeParse(file).success }).toEqual({ path, ok: true });
    }
  });

  test('holds an example of each key of an app that the schema takes', () => {
    const keys = keysOf(jsonSchema()).filter(({ path }) => /^apps\.\*\.\w+$/.test(path));
    expect(keys.length).toBeGreaterThan(5);
    const shop = Object.fromEntries(keys.map(({ path, node }) => [path.replace('apps.*.', ''), node.examples?.[0]]));
    expect(Object.values(shop)).not.toContain(undefined);
    expect(ConfigFile.safeParse({ apps: { shop } }).error).toBe(undefined);
  });
});

interface Node {
  readonly description?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

function keysOf(node: Node, at = ''): { path: string; node: Node }[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
    const path = at === '' ? key : `${at}.${key}`;
    return [
      { path, node: inner },
      ...keysOf(inner, path),
      ...keysOf(inner.items ?? {}, `${path}[0]`),
      ...keysOf(typeof inner.additionalProperties === 'object' ? inner.additionalProperties : {}, `${path}.*`),
    ];
  });
}
