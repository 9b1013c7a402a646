// The application as manifests/ ships it, deployed and rolled back by the whole bot on the sandbox: nothing in it is what the bot refuses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type Homelab, levelsOf, startHomelab } from '../../sandbox/homelab.ts';
import { runningSha } from '../../sandbox/kubernetes/seed/workloads.ts';
import { shopShas } from '../../sandbox/registry/seed.ts';
import { generous } from '../acceptance/posting.ts';
import { manifestFiles } from './everything.ts';
import { manifestsFolder } from './render.ts';

const kustomization = 'apps/laravel-multitenant/kustomization.yaml';
const deploymentFile = 'apps/laravel-multitenant/deployment.yaml';
const [, , , fourth = ''] = shopShas;
const patient = { timeoutMs: 25_000 };
const Stored = z.object({
  metadata: z.object({ uid: z.string(), generation: z.number().optional() }),
  spec: z.unknown(),
});
let homelab: Homelab;

/** What a person pushes as homelab-config: the content of manifests/, with an image of their own. */
async function homelabConfig(image: string, tag: string): Promise<Record<string, string>> {
  const names = await manifestFiles();
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(manifestsFolder, name), 'utf8')]));
  const text = (files[kustomization] ?? '')
    .replace('newName: ghcr.io/acme/shop', `newName: ${image}`)
    .replace(/newTag: "0{40}"/, `newTag: "${tag}"`)
    // As its comment says of a registry with a port.
    .replace('delimiter: ":", index: 1', 'delimiter: ":", index: 2');
  expect(text).toContain(`newTag: "${tag}"`);
  // One pod, counted as soon as it is ready: three would take these tests a minute.
  const settings = files['settings/homelab.env']?.replace(/^APP_REPLICAS=.*$/m, 'APP_REPLICAS=1') ?? '';
  const deployment = files[deploymentFile]?.replace(/^ +minReadySeconds: \d+\n/m, '') ?? '';
  return { ...files, [kustomization]: text, 'settings/homelab.env': settings, [deploymentFile]: deployment };
}

beforeAll(async () => {
  homelab = await startHomelab({
    discord: { rateLimits: generous, windows: { identify: 100 } },
    config: (guild, apps) => `${levelsOf(guild)}${apps}`,
  });
  await homelab.git.seed(await homelabConfig(homelab.registry.image('acme/shop'), runningSha));
});

afterAll(() => homelab?.stop());

async function ask(command: string, options: Record<string, string>): Promise<string> {
  return (await (await homelab.discord.as('otto').command(command, options)).final(patient)).text;
}

/** Of as many operations as were begun since the start: all of them done. */
async function done(count: number): Promise<void> {
  const finished = () => homelab.discord.messages('operations').filter(({ text }) => /\bdone\b/.test(text));
  await homelab.discord.waitFor(() => finished().length === count, {
    ...patient,
    what: `${count} cards that say done`,
  });
}

function object(apiVersion: string, kind: string, name: string): Record<string, unknown> | null {
  return homelab.kubernetes.get({ apiVersion, kind, namespace: 'laravel-apps', name }) ?? null;
}

test('/deploy commits the tag alone, applies everything of the folder, and brings the migrations of that image', async () => {
  const before = await homelab.git.file(kustomization);
  expect(await ask('deploy', { sha: fourth, reason: 'new prices' })).toContain('has begun');
  await done(1);

  const after = await homelab.git.file(kustomization);
  expect(after).toBe(before?.replace(runningSha, fourth));
  expect(JSON.stringify(object('apps/v1', 'Deployment', 'laravel-multi-tenant'))).toContain(`:${fourth}`);
  expect(JSON.stringify(object('batch/v1', 'Job', `laravel-migrate-${fourth}`))).toContain(`:${fourth}`);
  expect(object('networking.k8s.io/v1', 'Ingress', 'multi-tenant-router')).toMatchObject({
    spec: { rules: [{ host: 'tenant1.example.com' }, { host: 'tenant2.example.com' }, { host: 'myapp.example.com' }] },
  });
  for (const [apiVersion, kind, name] of [
    ['v1', 'ConfigMap', 'laravel-config'],
    ['v1', 'PersistentVolumeClaim', 'laravel-storage'],
    ['v1', 'Service', 'laravel-multi-tenant-service'],
    ['policy/v1', 'PodDisruptionBudget', 'laravel-multi-tenant'],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'laravel-multi-tenant'],
  ] as const) {
    expect({ name, found: object(apiVersion, kind, name) }).toMatchObject({ name, found: { kind } });
  }
  // The settings are read while rendering, and are no object of the cluster.
  expect(object('v1', 'ConfigMap', 'homelab')).toBe(null);
});

test('/rollback takes it back, with what people have changed since, and the job of the earlier image comes along', async () => {
  const tenants = (await homelab.git.file('settings/tenants.yaml')) ?? '';
  const more = `${tenants.trimEnd()}\n    - { host: tenant9.example.com, http: *shop }\n`;
  await homelab.git.commitByHand({ files: { 'settings/tenants.yaml': more }, message: 'A tenant more' });
  expect(await ask('rollback', {})).toContain('has begun');
  await done(2);
  expect(await homelab.git.file(kustomization)).toContain(`newTag: "${runningSha}"`);
  expect(JSON.stringify(object('apps/v1', 'Deployment', 'laravel-multi-tenant'))).toContain(`:${runningSha}"`);
  expect(object('batch/v1', 'Job', `laravel-migrate-${runningSha}`)).not.toBe(null);
  expect(JSON.stringify(object('networking.k8s.io/v1', 'Ingress', 'multi-tenant-router'))).toContain(
    'tenant9.example.com',
  );
});

test('an image that was there before finds its job as it was', async () => {
  // But for when it was applied.
  const job = () => Stored.parse(object('batch/v1', 'Job', `laravel-migrate-${fourth}`));
  const before = job();
  expect(await ask('deploy', { sha: fourth })).toContain('has begun');
  await done(3);
  expect(job()).toEqual(before);
});
