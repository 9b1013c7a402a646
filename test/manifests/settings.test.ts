// What a person has to change lives in manifests/settings, reaches what it is for, and is refused while it holds a placeholder.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findPrograms } from '../../sandbox/programs.ts';
import { kustomizationFolders, manifestFiles, textOf } from './everything.ts';
import { manifestsFolder } from './render.ts';
import { changeable, copyTo, settle } from './settled.ts';

const run = promisify(execFile);

let copy = '';

beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'homelab-bot-settings-'));
  await copyTo(copy);
});
afterEach(() => rm(copy, { recursive: true, force: true }));

async function change(name: string, how: (text: string) => string): Promise<void> {
  const before = await readFile(join(copy, name), 'utf8');
  const after = how(before);
  expect(after).not.toBe(before);
  await writeFile(join(copy, name), after);
}

/** A folder of the changed copy. */
async function render(folder: string): Promise<string> {
  const { path } = await findPrograms();
  const { stdout } = await run('kubectl', ['kustomize', join(copy, folder)], {
    env: { PATH: path, KUBECONFIG: '/dev/null' },
    maxBuffer: 16 * 2 ** 20,
  });
  return stdout;
}

async function check(): Promise<{ code: number; lines: string[] }> {
  return run(join(copy, 'settings/check')).then(
    ({ stdout }) => ({ code: 0, lines: stdout.trim().split('\n') }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, lines: stdout.trim().split('\n') }),
  );
}

describe('settings/check', () => {
  test('lists every placeholder with its file and line, and fails', async () => {
    const { code, lines } = await check();
    expect(code).toBe(1);
    expect(lines.length).toBeGreaterThan(15);
    for (const line of lines) expect(line).toMatch(/^[a-z/.-]+:\d+:.*\S/);
    expect(lines).toContainEqual(expect.stringMatching(/^settings\/homelab\.env:\d+:ACME_EMAIL=ops@example\.com$/));
    for (const name of changeable) expect(lines.map((line) => line.split(':')[0])).toContain(name);
  });

  test('is content once each is replaced', async () => {
    await settle(copy, '1a'.repeat(20));
    expect(await check()).toEqual({ code: 0, lines: ['Every setting is yours.'] });
  });

  test.each([
    ['settings/homelab.env', /^TAILNET=.*$/m, 'TAILNET='],
    ['settings/tenants.yaml', /host: tenant2\S+ /, 'host: tenant2.example.com '],
    ['settings/values/nfs-subdir-external-provisioner.yaml', /server: .*/, 'server: 192.0.2.7'],
    ['apps/laravel-multitenant/kustomization.yaml', /newTag: .*/, `newTag: "${'0'.repeat(40)}"`],
    ['chatops/settings.env', /^DISCORD_GUILD_ID=.*$/m, 'DISCORD_GUILD_ID=112233445566778800'],
  ])('finds the one that is left in %s', async (name, from, to) => {
    await settle(copy, '1a'.repeat(20));
    await change(name, (text) => text.replace(from, to));
    const { code, lines } = await check();
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining(`${name}:`)]);
  });

  test('takes no comment for a setting', async () => {
    await settle(copy, '1a'.repeat(20));
    await change('settings/homelab.env', (text) => `# as in example.com\n${text}`);
    expect((await check()).code).toBe(0);
  });
});

test('placeholders stand nowhere else', async () => {
  const { stdout } = await run(join(manifestsFolder, 'settings/check')).catch((error: { stdout: string }) => error);
  const known = stdout.split('\n').map((line) => line.split(':')[0]);
  const elsewhere: string[] = [];
  for (const name of (await manifestFiles()).filter((one) => !known.includes(one))) {
    // Documentation and the check itself speak of placeholders.
    if (name.endsWith('.md') || name === 'settings/check' || name === 'bootstrap/lib.sh') continue;
    textOf(name)
      .split('\n')
      .forEach((line, index) => {
        const setting = line.replace(/(^|\s)(#|\/\/).*$/, '');
        if (/example\.(com|org|net|ts)|\bacme\/|mydomain|your-|YOUR|<[A-Z_]+>|CHANGE.?ME|192\.0\.2\./.test(setting)) {
          elsewhere.push(`${name}:${index + 1}: ${line.trim()}`);
        }
      });
  }
  expect(elsewhere).toEqual([]);
});

describe('a setting', () => {
  const settings = [...textOf('settings/homelab.env').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(
    ([line, key = '', value = ''], index) => ({ key, line, other: another(value, index) }),
  );

  /** A value of the same kind that nothing else has. */
  function another(value: string, index: number): string {
    if (/^\d+(Gi)?$/.test(value)) return value.replace(/^\d+/, `${7300 + index}`);
    return value.replace(/^(https?:\/\/)?/, `$1zz${index}-`);
  }

  test('reaches an object of one folder, or a script of bootstrap', async () => {
    await change('settings/homelab.env', (text) =>
      settings.reduce((changed, { key, line, other }) => changed.replace(line, `${key}=${other}`), text),
    );
    const scripts = (await manifestFiles()).filter((name) => /^bootstrap\/[^/]+$/.test(name)).map(textOf);
    const texts = await Promise.all((await kustomizationFolders()).map(render));
    for (const { key, other } of settings) {
      const places = [
        ...scripts.filter((text) => text.includes(`$(setting ${key})`)),
        ...texts.filter((text) => text.includes(other)),
      ];
      expect([key, places.length > 0]).toEqual([key, true]);
    }
  });

  test('of the tenants is a line each, and each host becomes a rule', async () => {
    await change(
      'settings/tenants.yaml',
      (text) => `${text.trimEnd()}\n    - { host: tenant9.example.com, http: *shop }\n`,
    );
    const text = await render('apps/laravel-multitenant');
    expect(text.match(/- host: \S+/g)).toEqual(
      ['tenant1', 'tenant2', 'myapp', 'tenant9'].map((name) => `- host: ${name}.example.com`),
    );
  });
});
