import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { root, runTool } from '../../scripts/check/run-tool.ts';
import { drawRooms, placeIn } from '../../scripts/picture/draw.ts';

/** A file that breaks one rule, by what it imports. `type` imports are written as such. */
const broken = [
  ['src/lib/leaf.ts', '../alerts/merge.ts', 'lib-knows-no-room'],
  ['src/message.ts', './alerts/merge.ts', 'message-knows-nothing'],
  ['src/access/decide.ts', '../alerts/merge.ts', 'access-uses-its-arrows'],
  ['src/alerts/show.ts', '../discord/send.ts', 'alerts-uses-its-arrows'],
  ['src/cards/plan.ts', 'type ../alerts/merge.ts', 'cards-sees-types-of-its-arrows'],
  ['src/discord/show.ts', '../cards/publisher.ts', 'adapters-import-only-types-of-the-domain'],
  ['src/store/show.ts', '../discord/send.ts', 'adapters-do-not-use-each-other'],
  ['src/config/read.ts', '../alerts/merge.ts', 'config-knows-types-only'],
  ['commands/pods.ts', '../src/cluster/reads.ts', 'app-alone-constructs-adapters'],
  ['src/doctor/ask.ts', '../discord/send.ts', 'doctor-uses-its-arrows'],
  ['src/watch.ts', './doctor/line.ts', 'the-doctor-is-loaded-when-asked'],
  ['src/main.ts', './alerts/merge.ts', 'main-is-the-process'],
  ['src/http/server.ts', '../app.ts', 'only-main-imports-app'],
  ['commands/deploy.ts', './rollback.ts', 'commands-never-import-each-other'],
  ['src/dispatch/list.ts', '../../commands/index.ts', 'only-app-lists-the-commands'],
  ['src/alerts/client.ts', 'discord.js', 'discord.js-in-one-room'],
  ['src/alerts/kubernetes.ts', '@kubernetes/client-node', '@kubernetes-client-node-in-one-room'],
  ['src/alerts/web.ts', 'express', 'express-in-one-room'],
  ['src/alerts/query.ts', 'kysely', 'Kysely-in-one-room'],
  ['src/alerts/sql.ts', 'node:sqlite', 'sqlite-in-one-room'],
  ['src/cluster/kubectl.ts', 'node:child_process', 'child-processes-in-lib-exec'],
  ['src/alerts/log.ts', 'pino', 'pino-is-made-in-lib'],
  ['sandbox/alerts.ts', 'type ../src/alerts/merge.ts', 'sandbox-does-not-share-our-mistakes'],
  ['sandbox/words.ts', '../src/lib/leaf.ts', 'sandbox-takes-types-of-lib-only'],
  ['src/alerts/sandbox.ts', '../../sandbox/words.ts', 'the-bot-knows-no-test'],
  ['src/alerts/dev.ts', 'fast-check', 'no-dev-dependency-in-the-bot'],
  ['src/alerts/one.ts', './two.ts', 'no-cycle'],
  ['src/rollouts/lost.ts', '', 'no-orphan'],
  ['src/alerts/gone.ts', './not-there.ts', 'resolvable'],
  ['src/alerts/unlisted.ts', 'ms', 'listed-in-package-json'],
] as const;

/** What the rules allow: they must stay silent about these. */
const sound = [
  ['src/alerts/merge.ts', '../cards/publisher.ts'],
  ['src/alerts/two.ts', './one.ts'],
  ['src/cards/publisher.ts', '../lib/words.ts'],
  ['src/lib/words.ts', 'pino'],
  ['src/doctor/line.ts', '../lib/words.ts'],
  ['src/discord/send.ts', 'discord.js'],
  ['src/discord/types.ts', 'type ../cards/publisher.ts'],
  ['src/cluster/reads.ts', '@kubernetes/client-node'],
  ['src/lib/exec.ts', 'node:child_process'],
  ['src/app.ts', './discord/send.ts'],
  ['commands/rollback.ts', 'type ../src/cluster/reads.ts'],
  ['commands/index.ts', './rollback.ts'],
  ['sandbox/types.ts', 'type ../src/lib/words.ts'],
] as const;

interface Violations {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

let folder: string;
let found: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homelab-bot-imports-'));
  for (const [file, target] of [...broken, ...sound]) {
    const [, kind = '', path = ''] = /^(type )?(.*)$/.exec(target) ?? [];
    const text =
      path === ''
        ? 'export const nothing = 0;\n'
        : `import ${kind}* as it from '${path}';\nexport type It = typeof it;\n`;
    await mkdir(join(folder, dirname(file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const config = join(root, '.dependency-cruiser.mjs');
  const args = ['--config', config, '--output-type', 'json', 'src', 'commands', 'sandbox'];
  const { output } = await runTool('dependency-cruiser/bin/dependency-cruiser.mjs', args, folder);
  const { summary }: Violations = JSON.parse(output);
  found = summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the import rules', () => {
  test.each(broken)('%s may not import %s: %s', (file, _target, rule) => {
    expect(found).toContain(`${file}: ${rule}`);
  });

  test('say nothing about imports that are allowed', () => {
    // Nothing in this little tree is wired up, and the cycle has two ends.
    const besides = found.filter((line) => !/: (no-dead-room|no-cycle|listed-in-package-json)$/.test(line));
    expect(besides.filter((line) => sound.some(([file]) => line.startsWith(`${file}: `)))).toEqual([]);
  });

  test('each say where the code belongs instead', async () => {
    const { default: config } = await import('../../.dependency-cruiser.mjs');
    for (const rule of config.forbidden ?? []) expect(rule.comment?.length ?? 0).toBeGreaterThan(20);
  });
});

test('the picture in docs/architecture.md is what the imports say (after a change: node scripts/picture.ts)', async () => {
  const document = await readFile(join(root, 'docs', 'architecture.md'), 'utf8');
  expect(document).toBe(placeIn(document, await drawRooms()));
});
