// The README's configuration, as it is written there, deploys an app: only the ids of roles and the registry are the sandbox's.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { startHomelab } from '../../sandbox/homelab.ts';
import { shopShas } from '../../sandbox/registry/seed.ts';

/** The YAML blocks of the README that begin with this key, without their indentation. */
async function blockOf(key: string): Promise<string> {
  const readme = await readFile('README.md', 'utf8');
  const block = [...readme.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gm)].find(([, , text]) =>
    text?.trimStart().startsWith(`${key}:`),
  );
  const [, indent = '', text = ''] = block ?? [];
  return text.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}

test("whoever writes the README's config.yaml and asks for /deploy sets the tag in the repository and in the cluster", async () => {
  const blocks = `${await blockOf('access')}${await blockOf('apps')}`;
  const homelab = await startHomelab({
    config: (discord, apps) => {
      const image = /image: (\S+)/.exec(apps)?.[1] ?? '';
      const roles = ['viewer', 'operator', 'admin'].map((name) => [`1122334455667788${roleEnds[name]}`, name] as const);
      const named = roles.reduce((text, [id, name]) => text.replace(id, discord.roleId(name)), blocks);
      return named.replace('ghcr.io/acme/shop', image);
    },
  });
  try {
    const { discord, git, kubernetes } = homelab;
    const [, , , sha = ''] = shopShas;
    const asked = await discord.as('otto').command('deploy', { sha, app: 'shop' });
    expect((await asked.final({ timeoutMs: 25_000 })).text).toContain('has begun');
    await discord.waitForMessage('operations', ({ text }) => text.includes('done') && text.includes(sha.slice(0, 7)), {
      timeoutMs: 60_000,
    });
    expect(await git.file('apps/laravel-multitenant/kustomization.yaml')).toContain(`newTag: "${sha}"`);
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'laravel-apps',
      name: 'laravel-multi-tenant',
    };
    expect(JSON.stringify(kubernetes.get(deployment))).toContain(`acme/shop:${sha}`);
  } finally {
    await homelab.stop();
  }
});

/** Of the role ids in the README. */
const roleEnds: Record<string, string> = { viewer: '01', operator: '02', admin: '03' };
