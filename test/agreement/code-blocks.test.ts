// Every code block of README, CONTRIBUTING, docs and manifests is run or compared; one that nothing here accounts for fails.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { root } from '../../scripts/check/run-tool.ts';
import { wrongDiagram } from './blocks/diagram.ts';
import { type Block, blocksIn } from './blocks/find.ts';
import { wrongShell } from './blocks/programs.ts';
import { commandsIn } from './blocks/shell.ts';
import { wrongTypeScript } from './blocks/typescript.ts';
import { wrongYaml } from './blocks/yaml.ts';

const { stdout } = await promisify(execFile)(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  {
    cwd: root,
  },
);
const documents = [...new Set(stdout.split('\n'))].filter((name) =>
  /^(?:README\.md|CONTRIBUTING\.md|(?:docs|manifests)\/.*\.md)$/.test(name),
);
const texts = new Map(
  await Promise.all(documents.map(async (name) => [name, await readFile(join(root, name), 'utf8')] as const)),
);
const blocks = [...texts].flatMap(([name, text]) => blocksIn(name, text));

/** What is wrong with a block; nothing where it is run or compared and right. */
async function wrongIn({ file, language, text }: Block): Promise<readonly string[]> {
  switch (language) {
    case 'sh':
      return wrongShell(text);
    case 'yaml':
      return wrongYaml(text);
    case 'ts':
      return wrongTypeScript(text);
    case 'mermaid':
      // test/agreement/imports.test.ts draws it anew and compares.
      return texts.get(file)?.includes(`<!-- rooms -->\n\n\`\`\`mermaid\n${text}\n`) ? [] : ['nothing draws it'];
    case '':
      return wrongDiagram(text);
    default:
      return [`nothing here runs or compares a block of ${language}`];
  }
}

test('there are documents with blocks to look at', () => {
  expect(documents).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/operating.md']));
  expect(blocks.length).toBeGreaterThan(15);
});

test.each(blocks.map((block) => [`${block.file}:${block.line}`, block] as const))('%s', async (where, block) => {
  expect({ where, wrong: await wrongIn(block) }).toEqual({ where, wrong: [] });
});

describe('a block is wrong', () => {
  const block = (language: string, ...lines: string[]): Block => ({
    file: 'README.md',
    line: 1,
    language,
    text: lines.join('\n'),
  });

  test.each([
    ['in a language that nothing here knows', block('toml', 'a = 1'), 'a block of toml'],
    ['when it runs a program that nothing here knows', block('sh', 'ls | frobnicate'), 'the program frobnicate'],
    ['when a script does not exist', block('sh', 'npm run frobnicate'), 'npm has no run frobnicate'],
    ['when an option does not exist', block('sh', 'npm start -- --frobnicate'), 'does not take --frobnicate'],
    ['when the bot has no such word', block('sh', 'npm run bot -- frobnicate'), 'the bot has no frobnicate'],
    ['when a variable does not exist', block('sh', 'FROB=1 npm start'), 'FROB is no variable'],
    ['when kubectl has no such command', block('sh', 'kubectl -n chatops frobnicate'), 'no command frobnicate'],
    ['when kubectl has no such flag', block('sh', 'kubectl get pods --frob=1'), 'kubectl get has no flag --frob'],
    [
      'when a folder is not there',
      block('sh', '# so:', 'kubectl apply \\', '  -k manifests/frob'),
      'is no kustomization',
    ],
    ['when the bot serves no such path', block('sh', 'curl -s http://homelab-bot.chatops:8080/frob'), 'does not serve'],
    ['when a pattern finds nothing', block('sh', 'kubectl logs x | grep -E \'"level":"bad"\''), 'finds no errors'],
    ['when SQLite does not take it', block('sh', 'sqlite3 data/homelab-bot.db "VACUUM UNDER x"'), 'does not take'],
    ['when a script of the homelab is not there', block('sh', 'sudo bootstrap/99-frob'), 'no script bootstrap/99-frob'],
    [
      'when a script has no such option, on another machine too',
      block('sh', "ssh desktop-2 'cd homelab-config && sudo bootstrap/30-k3s --frob'"),
      'bootstrap/30-k3s has no option --frob',
    ],
    ['when a chart has no version', block('sh', 'helm upgrade --install loki a/loki -n monitoring'), 'no version'],
    [
      'when the values of a chart are not there',
      block('sh', 'helm upgrade --install loki a/loki --version 1.2.3 -f frob.yaml'),
      'no frob.yaml',
    ],
    ['when its YAML does not parse', block('yaml', 'a: 1', 'a: 2'), 'unique'],
    ['when its YAML is nobody’s', block('yaml', 'frob: 1'), 'what a document with frob is'],
    ['when the configuration refuses it', block('yaml', 'access: { viewr: ["112233445566778801"] }'), 'viewr'],
    [
      'when it is no receiver',
      block('yaml', 'receivers: [{ name: a, webhook_configs: [{ url: "http://x" }] }]'),
      'url',
    ],
    [
      'when Alertmanager would send the Watchdog too seldom',
      block(
        'yaml',
        'route:',
        '  routes:',
        '    - { receiver: a, matchers: [\'alertname = "Watchdog"\'], group_interval: 5m, repeat_interval: 5m }',
      ),
      'too seldom',
    ],
    ['when it does not type-check', block('ts', 'export const a: string = 1;'), 'TS2322'],
    ['when a drawing names a room that is not there', block('', 'frobs ─▶ cards'), 'there is no frobs'],
    ['when nothing draws it', block('mermaid', 'flowchart LR'), 'nothing draws it'],
  ])('%s', async (_what, one, said) => {
    expect((await wrongIn(one)).join('\n')).toContain(said);
  });
});

test('blocks are found where they are indented, and told by their line', () => {
  expect(blocksIn('a.md', '1. Do:\n\n   ```sh\n   npm start\n     more\n   ```\n')).toEqual([
    { file: 'a.md', line: 3, language: 'sh', text: 'npm start\n  more' },
  ]);
  expect(blocksIn('a.md', '1. ```sh\n   npm start\n   ```\n')).toEqual([
    { file: 'a.md', line: 1, language: 'sh', text: 'npm start' },
  ]);
  expect(() => blocksIn('a.md', '\n```sh\nnpm start\n')).toThrow('a.md:2: this block is never closed');
});

test('shell commands are taken apart as a shell does', () => {
  expect(commandsIn(`A=1 B='x y' run "a \\"b\\"" it's' > out 2>&1 | two # three\nset -a; . ./.env && go`)).toEqual([
    { assigned: ['A', 'B'], words: ['run', 'a "b"', 'its'] },
    { assigned: [], words: ['two'] },
    { assigned: [], words: ['set', '-a'] },
    { assigned: [], words: ['.', './.env'] },
    { assigned: [], words: ['go'] },
  ]);
});

test('each line of the log that docs/operating.md quotes is one that the bot writes', async () => {
  const { stdout: sources } = await promisify(execFile)('git', ['grep', '-h', '', '--', 'src', 'commands'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  const quoted = [...(texts.get('docs/operating.md') ?? '').matchAll(/`([A-Z][a-z]* [a-z][^`]{8,})`/g)];
  expect(quoted.length).toBeGreaterThan(8);
  expect(quoted.map(([, sentence = '']) => sentence).filter((sentence) => !sources.includes(sentence))).toEqual([]);
});
